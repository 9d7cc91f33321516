import { expect, test } from "bun:test";
import { readSpans } from "./spans.ts";

const SPAN = {
  spanId: "a1",
  name: "GET /",
  kind: 2,
  startTimeUnixNano: "1700000000000001000",
  endTimeUnixNano: "1700000000000003000",
};

function line(span: object): string {
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "cart" } }] };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });
}

test("a span has its times in µs, its kind, and its resource's names", () => {
  const spans = readSpans(line({ ...SPAN, traceId: "0".repeat(32), status: { code: 2 } }));

  expect(spans).toMatchObject([{ spanId: "a1", kind: "server", traceId: "", isError: true }]);
  expect(spans).toHaveLength(1);
  if ("malformed" in spans) throw new Error(spans.malformed);
  expect(spans[0]?.endUs).toBeCloseTo(1700000000000003, 0);
  expect(spans[0]?.resource.get("service.name")).toBe("cart");
});

test.each([
  ["2", "internal", undefined],
  ["3", "client", 3],
  ["a name", "client", "SPAN_KIND_CLIENT"],
  ["a producer", "producer", 4],
])("kind as %s is %s", (_, kind, value) => {
  expect(readSpans(line({ ...SPAN, kind: value }))).toMatchObject([{ kind }]);
});

test.each([
  ["says so", "server", "span.kind", "server"],
  ["is what a call has", "client", "peer.service", "cart"],
  ["is what a request has", "server", "http.route", "/cart"],
  ["says nothing", "internal", "thread.name", "main"],
])("the kind of a span without one, whose attribute %s, is %s", (_, kind, key, stringValue) => {
  const attributes = [{ key, value: { stringValue } }];

  for (const absent of [undefined, 0, "SPAN_KIND_UNSPECIFIED", 9]) {
    expect(readSpans(line({ ...SPAN, kind: absent, attributes }))).toMatchObject([{ kind }]);
  }
});

test.each([
  ["{", "is not JSON"],
  ["[]", "has no array resourceSpans"],
  [line({ ...SPAN, spanId: "" }), "has a span without spanId"],
  [line({ ...SPAN, startTimeUnixNano: "soon" }), "has span a1 without startTimeUnixNano"],
])("%s %s", (text, malformed) => {
  expect(readSpans(text)).toEqual({ malformed });
});

test.each([
  ["a span alone", SPAN],
  ["an array of requests", [{ resourceSpans: [{ scopeSpans: [{ spans: [SPAN] }] }] }]],
  ["the spans of a resource", { scopeSpans: [{ spans: [SPAN] }] }],
  ["an old exporter's", { resourceSpans: [{ instrumentationLibrarySpans: [{ spans: [SPAN] }] }] }],
  [
    "keys in snake case",
    {
      resource_spans: [
        {
          scope_spans: [
            {
              spans: [
                {
                  span_id: "a1",
                  name: "GET /",
                  kind: "2",
                  start_time_unix_nano: 1700000000000001000,
                  end_time_unix_nano: 1700000000000003000,
                },
              ],
            },
          ],
        },
      ],
    },
  ],
])("%s on a line is read", (_, value) => {
  expect(readSpans(JSON.stringify(value))).toMatchObject([{ spanId: "a1", kind: "server", name: "GET /" }]);
});

test("attributes of one value are text, whatever they are in JSON", () => {
  const attributes = [
    { key: "port", value: { intValue: "80" } },
    { key: "tls", value: { boolValue: false } },
    { key: "list", value: { arrayValue: { values: [] } } },
  ];

  const spans = readSpans(line({ ...SPAN, attributes }));

  if ("malformed" in spans) throw new Error(spans.malformed);
  expect([...(spans[0]?.attributes ?? [])]).toEqual([
    ["port", "80"],
    ["tls", "false"],
  ]);
});

test("a span that ends before it starts took no time", () => {
  expect(readSpans(line({ ...SPAN, endTimeUnixNano: "1" }))).toMatchObject([
    { startUs: 1700000000000001, endUs: 1700000000000001 },
  ]);
});
