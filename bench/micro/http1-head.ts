// What one head costs to read and to write, ns. `bun bench/micro/http1-head.ts`
import { parseRequestHead } from "../../src/protocol/http1/request.ts";
import { parseResponseHead } from "../../src/protocol/http1/response.ts";
import type { HeadResult, Limits } from "../../src/protocol/http1/types.ts";
import { writeRequestHead, writeResponseHead } from "../../src/protocol/http1/write.ts";
import { emptyTraceContext, parseTraceparent, traceparentLine } from "../../src/protocol/trace-context/traceparent.ts";
import { measure } from "./measure.ts";

const LIMITS: Limits = { headBytes: 65_536, fieldCount: 100, trailerBytes: 8192 };

const REQUEST = Buffer.from(
  [
    "GET /api/v1/products/42?currency=EUR HTTP/1.1",
    "Host: catalog.shop:8080",
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) demo/1.0",
    "Accept: application/json",
    "Accept-Encoding: gzip, deflate, br",
    "Accept-Language: en-US,en;q=0.9",
    "Cookie: session=3f2a9c77d1; theme=dark",
    "X-Request-Id: 7f3c9a10",
    "Connection: keep-alive",
    "\r\n",
  ].join("\r\n"),
);
const RESPONSE = Buffer.from(
  [
    "HTTP/1.1 200 OK",
    "Content-Type: application/json; charset=utf-8",
    "Content-Length: 187",
    "Cache-Control: private, max-age=0, must-revalidate",
    'ETag: W/"bb-2fK1u0yGQ1mUOhP5gEJ7b5xwqfE"',
    "X-Powered-By: Express",
    "Vary: Accept-Encoding",
    "Date: Fri, 22 Nov 2024 21:23:42 GMT",
    "Connection: keep-alive",
    "Keep-Alive: timeout=5",
    "\r\n",
  ].join("\r\n"),
);

const into = Buffer.alloc(16_384);
const trace = emptyTraceContext();
const GET = { method: "GET" };
const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
parseTraceparent(TRACEPARENT, trace);

function head<Head>(result: HeadResult<Head>): Head {
  if (result.kind !== "head") throw new Error(`not a head: ${JSON.stringify(result)}`);
  return result.head;
}

const readRequest = () => head(parseRequestHead(REQUEST, 0, REQUEST.length, LIMITS));
const readResponse = () => head(parseResponseHead(RESPONSE, 0, RESPONSE.length, LIMITS, GET));
const request = readRequest();
const response = readResponse();

console.log(`request ${REQUEST.length} bytes, response ${RESPONSE.length} bytes`);
measure("read a request head", () => readRequest().lines!.length);
measure("read a response head", () => readResponse().lines!.length);
measure("write a request head", () => writeRequestHead(into, 0, request, { connection: "nothing" }));
measure("write a response head", () => writeResponseHead(into, 0, response, { connection: "nothing" }));
measure("a traceparent line", () => traceparentLine(trace).length);
measure("read a traceparent", () => Number(parseTraceparent(TRACEPARENT, trace)));
measure("both heads of an exchange, read and written", () => {
  const asked = writeRequestHead(into, 0, readRequest(), { connection: "nothing", trace });
  return asked + writeResponseHead(into, 0, readResponse(), { connection: "nothing" });
});
