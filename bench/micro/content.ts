// What hashing the content of a request costs, ns of CPU time. `bun bench/micro/content.ts`
import { ringSize, spanWriter } from "../../src/model/span-ring.ts";
import { parseRequestHead } from "../../src/protocol/http1/request.ts";
import { writeContent } from "../../src/proxy/filter/record/content.ts";
import { measure } from "./measure.ts";

const LIMITS = { headBytes: 65_536, fieldCount: 100, trailerBytes: 8192 };
const spans = spanWriter(new Uint8Array(ringSize(16)), 16);
const key = [7, 11] as const;
const JWT = `Bearer eyJhbGciOiJIUzI1NiJ9.${"eyJzdWIiOiI0MiJ9".repeat(12)}.${"aZ09".repeat(11)}`;

const cases: Readonly<Record<string, readonly string[]>> = {
  "GET /": ["GET / HTTP/1.1", "Host: a"],
  "GET /api/v1/products": [
    "GET /api/v1/products HTTP/1.1",
    "Host: catalog.shop:8080",
    "User-Agent: demo/1.0",
    "Accept: */*",
  ],
  "an id in the path": [
    "GET /api/v1/products/42 HTTP/1.1",
    "Host: catalog.shop:8080",
    "User-Agent: demo/1.0",
    "Accept: */*",
  ],
  "an id in the path, a value in the query": ["GET /api/v1/products/42?currency=EUR HTTP/1.1", "Host: a"],
  "X-Request-Id": ["GET /cart HTTP/1.1", "Host: a", "X-Request-Id: 7f3c9a10-0d2e-4b55-8f10-aa53c0f1e2d3"],
  "a JSON Web Token": ["GET /cart HTTP/1.1", "Host: a", `Authorization: ${JWT}`],
  "cookies, X-Request-Id, ids": [
    "GET /cart/8f3a9c01/items/17 HTTP/1.1",
    "Host: a",
    "X-Request-Id: 7f3c9a10-0d2e-4b55-8f10-aa53c0f1e2d3",
    "Cookie: theme=dark; sid=q8Zt3LmN0pRs7VxY2bDfHj; _ga=GA1.1.1234567890",
  ],
};
for (const [name, lines] of Object.entries(cases)) {
  const bytes = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`);
  const read = () => {
    const result = parseRequestHead(bytes, 0, bytes.length, LIMITS);
    if (result.kind !== "head") throw new Error("no head");
    return result.head;
  };
  measure(`read ${name}`, () => {
    const { path } = read();
    spans.setPath(0, path);
    return path.length;
  });
  measure(`read and hash ${name}`, () => {
    const head = read();
    spans.setPath(0, head.path);
    writeContent(spans.columns, 0, head, key);
    return head.path.length;
  });
}
