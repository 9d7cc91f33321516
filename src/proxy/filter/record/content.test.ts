import { expect, test } from "bun:test";
import type { HalfSipKey } from "../../../base/half-siphash.ts";
import { ringSize, spanWriter } from "../../../model/span-ring.ts";
import { parseRequestHead } from "../../../protocol/http1/request.ts";
import { writeContent } from "./content.ts";

const LIMITS = { headBytes: 65_536, fieldCount: 100, trailerBytes: 8192 };
const KEY: HalfSipKey = [7, 11];

function contentOf(target: string, fields: readonly string[] = [], key = KEY) {
  const { columns } = spanWriter(new Uint8Array(ringSize(1)), 1);
  for (const column of [columns.requestId, columns.tracer, columns.credential, columns.session]) column.fill(9);
  const bytes = Buffer.from([`GET ${target} HTTP/1.1`, "Host: a", ...fields, "", ""].join("\r\n"));
  const parsed = parseRequestHead(bytes, 0, bytes.length, LIMITS);
  if (parsed.kind !== "head") throw new Error(`no head: ${JSON.stringify(parsed)}`);
  writeContent(columns, 0, parsed.head, key);
  const { requestId, tracer, credential, session, id0, id1, id2 } = columns;
  const ids = [id0[0], id1[0], id2[0]].filter((id) => id !== 0);
  return { requestId: requestId[0], tracer: tracer[0], credential: credential[0], session: session[0], ids };
}

test("nothing is nothing", () => {
  expect(contentOf("/api/v1/products")).toEqual({ requestId: 0, tracer: 0, credential: 0, session: 0, ids: [] });
});

test("ids of a path and values of a query are the same wherever they stand, and are no more than three", () => {
  const [cart, item] = contentOf("/cart/8f3a9c01/items/17").ids;

  expect(contentOf("/v2/17/of/8f3a9c01").ids).toEqual([item, cart]);
  expect(contentOf("/stock?item=17&cart=8f3a9c01").ids).toEqual([item, cart]);
  expect(contentOf("/1/2/3/4?a=5").ids).toHaveLength(3);
  expect(contentOf("/search?q=&flag").ids).toEqual([]);
});

test.each([
  ["X-Request-Id: r-1", "x-correlation-id: r-1"],
  ["request-id: r-1", "X-Trace-Id: r-1"],
])("%s and %s say the same", (one, other) => {
  expect(contentOf("/", [one]).requestId).toBe(contentOf("/", [other]).requestId);
  expect(contentOf("/", [one]).requestId).not.toBe(0);
  expect(contentOf("/", ["X-Request-Id: r-2"]).requestId).not.toBe(contentOf("/", [one]).requestId);
});

const TRACE = "80f198ee56343ba864fe8b2a57d3eff7";
test.each([
  [`b3: ${TRACE}-e457b5a2e4d86bd1-1`, `b3: ${TRACE}-05e3ac9a4f6e3b90-1-e457b5a2e4d86bd1`],
  [`X-B3-TraceId: ${TRACE}`, `b3: ${TRACE}-e457b5a2e4d86bd1-0`],
  [`uber-trace-id: ${TRACE}:e457b5a2:0:1`, `uber-trace-id: ${TRACE}:05e3ac9a:e457b5a2:1`],
  [`X-Cloud-Trace-Context: ${TRACE}/123;o=1`, `X-Cloud-Trace-Context: ${TRACE}/456;o=1`],
  [
    "X-Amzn-Trace-Id: Root=1-67891233-abcdef;Parent=53995c3f",
    "X-Amzn-Trace-Id: Self=1-6;Root=1-67891233-abcdef;Sampled=1",
  ],
])("%s and %s are of one trace", (one, other) => {
  expect(contentOf("/", [one]).tracer).toBe(contentOf("/", [other]).tracer);
  expect(contentOf("/", [one]).tracer).not.toBe(0);
});

test("a credential is the same under another scheme, a session is the longest of the cookies' values", () => {
  expect(contentOf("/", ["Authorization: Bearer abc.def"]).credential).toBe(
    contentOf("/", ["Authorization: Token abc.def"]).credential,
  );
  const session = contentOf("/", ["Cookie: theme=dark; sid=q8Zt3LmN0pRs7VxY2bDfHj; a=1"]).session;
  expect(session).toBe(contentOf("/", ["X-Session-Id: q8Zt3LmN0pRs7VxY2bDfHj"]).session);
  expect(contentOf("/", ["Cookie: theme=dark"]).session).toBe(0);
});

test("with another key all hashes are others", () => {
  const fields = ["X-Request-Id: r-1", "Authorization: Bearer abc", "X-Session-Id: s-1", `X-B3-TraceId: ${TRACE}`];
  const one = contentOf("/cart/17", fields);
  const other = contentOf("/cart/17", fields, [7, 12]);

  for (const name of ["requestId", "tracer", "credential", "session"] as const) expect(one[name]).not.toBe(other[name]);
  expect(one.ids).not.toEqual(other.ids);
});
