import { expect, test } from "bun:test";
import { type OtlpSpan, readSpans } from "./spans.ts";

const SPAN = {
  spanId: "a1",
  name: "GET /",
  kind: 2,
  startTimeUnixNano: "1700000000000001000",
  endTimeUnixNano: "1700000000000003000",
};

function spanOf(span: object): OtlpSpan {
  const [read] = [readSpans(line(span))].flat();
  if (!read || "malformed" in read) throw new Error(read?.malformed);
  return read;
}

const attributesOf = (span: object) => [...spanOf(span).attributes];

function line(span: object): string {
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "cart" } }] };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });
}

test("a span has its times in µs, its kind, and its resource's names", () => {
  const span = spanOf({ ...SPAN, traceId: "0".repeat(32), status: { code: 2 } });

  expect(span).toMatchObject({ spanId: "a1", kind: "server", traceId: "", isError: true });
  expect(span.endUs).toBeCloseTo(1700000000000003, 0);
  expect(span.resource.get("service.name")).toBe("cart");
});

test.each([
  ["2", "internal", undefined],
  ["3", "client", 3],
  ["a name", "client", "SPAN_KIND_CLIENT"],
  ["a name in small letters", "server", "span_kind_server"],
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
])("%s %s", (text, malformed) => {
  expect(readSpans(text)).toEqual({ malformed });
});

test.each([
  [{ ...SPAN, spanId: "" }, "has a span without spanId"],
  [{ ...SPAN, startTimeUnixNano: "soon" }, "has span a1 without startTimeUnixNano"],
  [{ ...SPAN, endTimeUnixNano: undefined }, "has span a1 without endTimeUnixNano"],
])("of %p only that is told; the others on its line are read", (span, malformed) => {
  const spans = [span, { ...SPAN, spanId: "b2" }];

  expect(readSpans(JSON.stringify({ scopeSpans: [{ spans }] }))).toMatchObject([{ malformed }, { spanId: "b2" }]);
});

test("a mark of the byte order before the first line is none of it", () => {
  expect(readSpans(`\uFEFF${line(SPAN)}`)).toMatchObject([{ spanId: "a1" }]);
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

  expect(attributesOf({ ...SPAN, attributes })).toEqual([
    ["port", "80"],
    ["tls", "false"],
  ]);
});

test("attributes may be an object, and values not wrapped", () => {
  const attributes = { port: 80, tls: { boolValue: true }, list: ["x"], none: null };

  const told: [string, string][] = [
    ["port", "80"],
    ["tls", "true"],
  ];
  expect(attributesOf({ ...SPAN, attributes })).toEqual(told);
  expect(
    attributesOf({ ...SPAN, attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })) }),
  ).toEqual(told);
});

test("a span that ends before it starts took no time", () => {
  expect(readSpans(line({ ...SPAN, endTimeUnixNano: "1" }))).toMatchObject([
    { startUs: 1700000000000001, endUs: 1700000000000001 },
  ]);
});
