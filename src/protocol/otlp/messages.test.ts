// Our tables against the official .proto files, which another reader and writer has read.
import { expect, test } from "bun:test";
import { dirname, join } from "node:path";
import { loadSync, type MethodDefinition, type ServiceDefinition } from "@grpc/proto-loader";
import fc from "fast-check";
import { decode } from "../protobuf/decode.ts";
import { encode } from "../protobuf/encode.ts";
import { fromJson } from "../protobuf/json.ts";
import { MalformedMessage, type Message, type Scalar } from "../protobuf/message.ts";
import { enumeration } from "./enumerations.ts";
import { LOGS } from "./log-messages.ts";
import { METRICS } from "./metric-messages.ts";
import { TRACES } from "./trace-messages.ts";

const PROTOS = join(dirname(require.resolve("otlp-protos/package.json")), "build/protos");
/** fields that came after the release of the files: they are tested by the official senders */
const LATER = new Set(["eventName", "zeroThreshold", "metadata"]);
const LATER_FLAGS = "flags/fixed32/16 flags/fixed32/6 attributes//3 droppedAttributesCount/uint32/4".split(" ");

function official(signal: "trace" | "metrics" | "logs"): MethodDefinition<object, object> {
  const name = `opentelemetry.proto.collector.${signal}.v1`;
  const file = `opentelemetry/proto/collector/${signal}/v1/${signal}_service.proto`;
  const all = loadSync(file, { includeDirs: [PROTOS], longs: String });
  const service = { trace: "TraceService", metrics: "MetricsService", logs: "LogsService" }[signal];
  return (all[`${name}.${service}`] as ServiceDefinition).Export as MethodDefinition<object, object>;
}

const SCALARS: Readonly<Record<Scalar, fc.Arbitrary<unknown>>> = {
  string: fc.string({ unit: "grapheme", maxLength: 200 }),
  bytes: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  hex: fc.uint8Array({ minLength: 1, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString("hex")),
  bool: fc.boolean(),
  double: fc.double({ noNaN: true }),
  enum: fc.nat({ max: 2 }),
  uint32: fc.nat(),
  sint32: fc.integer(),
  fixed32: fc.nat(),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fixed64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  sfixed64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
};

function anything(of: Message<object>, depth = 0): fc.Arbitrary<object> {
  const isAnyValue = of.byName.has("kvlistValue");
  const entries = of.fields.flatMap((field) => {
    const { name, number, type, isRepeated } = field;
    const isLater = LATER_FLAGS.includes(`${name}/${typeof type === "function" ? "" : type}/${number}`);
    if (LATER.has(name) || (isLater && (of.byName.has("spanId") || of.byName.has("version")))) return [];
    if (typeof type === "function" && (isAnyValue ? depth > 4 : depth > 7)) return [];
    const single = typeof type === "function" ? anything(type(), depth + 1) : SCALARS[type];
    return [
      [
        name,
        isRepeated ? fc.array(single, { minLength: 1, maxLength: typeof type === "function" ? 1 : 3 }) : single,
      ] as const,
    ];
  });
  const isChoice = isAnyValue || of.byName.has("asInt") || of.byName.has("gauge");
  if (!isChoice) return fc.record(Object.fromEntries(entries), { requiredKeys: [] });
  // of a oneof, one
  const chosen = /Value$|^as(Int|Double)$|^(gauge|sum|histogram|exponentialHistogram|summary)$/;
  const rest = Object.fromEntries(entries.filter(([name]) => !chosen.test(name)));
  const choices = entries.filter(([name]) => chosen.test(name)).map(([name, value]) => fc.record({ [name]: value }));
  return fc
    .tuple(fc.record(rest, { requiredKeys: [] }), fc.oneof(...choices))
    .map(([others, choice]) => ({ ...others, ...choice }));
}

test.each([
  ["trace", TRACES],
  ["metrics", METRICS],
  ["logs", LOGS],
] as const)("%s: what we write, others read, and what they write, we read", (signal, table) => {
  const { requestDeserialize, requestSerialize } = official(signal);
  fc.assert(
    fc.property(anything(table), (value) => {
      const theirs = requestSerialize(requestDeserialize(Buffer.from(encode(table, value))));

      expect(decode(table as Message<object>, theirs)).toEqual(value);
    }),
    { numRuns: 100 },
  );
});

test("whatever bytes come, reading ends with a value or with words", () => {
  const read = (bytes: Uint8Array) => {
    try {
      decode(TRACES, bytes);
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(MalformedMessage);
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), read), { numRuns: 2000 });
  const sound = encode(TRACES, fc.sample(anything(TRACES), { numRuns: 1, seed: 7 })[0] as object);
  for (let length = 0; length < sound.length; length++) read(sound.subarray(0, length));
  fc.assert(
    fc.property(fc.nat({ max: sound.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
      const bent = sound.slice();
      bent[at] = byte;
      read(bent);
    }),
  );
});

const nested = (depth: number) => {
  let value: object = { stringValue: "in the middle" };
  for (let i = 0; i < depth; i++) value = { arrayValue: { values: [value] } };
  return { resourceSpans: [{ resource: { attributes: [{ key: "a", value }] } }] };
};

test.each([
  ["a length beyond the end", [0x0a, 0x7f], "ends in the middle of a field"],
  ["a length of 2^63", [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], "ends in the middle"],
  ["an endless number", Array(12).fill(0xff), "more than ten bytes"],
  ["field 0", [0x02, 0x00], "without a number"],
  ["a group", [0x0b], "wire type 3"],
  ["messages inside messages", encode(TRACES, nested(40)), "nested deeper than 32"],
  ["a million empty messages", new Uint8Array(2_000_000).map((_, at) => (at % 2 === 0 ? 0x0a : 0)), "more than 500000"],
])("%s is refused", (_, bytes, reason) => {
  expect(() => decode(TRACES, Uint8Array.from(bytes))).toThrow(reason);
});

test("an unknown field is skipped, whatever its type", () => {
  const unknown = [0x78, 0x05, 0x7d, 1, 2, 3, 4, 0x79, 1, 2, 3, 4, 5, 6, 7, 8, 0x7a, 2, 9, 9];

  expect(decode(TRACES, Uint8Array.from([...unknown, 0x0a, 0]))).toEqual({ resourceSpans: [{}] });
});

test("JSON has 64-bit numbers as strings or numbers, ids in hex, enumerations as numbers or names", () => {
  const span = (more: object) => ({ resourceSpans: [{ scopeSpans: [{ spans: [more] }] }] });
  const read = (json: unknown) => fromJson(TRACES, json, enumeration).resourceSpans?.[0]?.scopeSpans?.[0]?.spans?.[0];

  expect(read(span({ traceId: "AB", startTimeUnixNano: "1700000000000000001", kind: "SPAN_KIND_CLIENT" }))).toEqual({
    traceId: "ab",
    startTimeUnixNano: 1700000000000000001n,
    kind: 3,
  });
  expect(read(span({ startTimeUnixNano: 5, unheardOf: 1, name: null }))).toEqual({ startTimeUnixNano: 5n });
});

test.each([
  ["no object", [], "has no object at its top"],
  ["no array", { resourceSpans: {} }, "has no array at resourceSpans"],
  ["no id", { resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: "xy" }] }] }] }, "spans[0].traceId"],
  ["no kind", { resourceSpans: [{ scopeSpans: [{ spans: [{ kind: "LOUD" }] }] }] }, "spans[0].kind"],
  ["a negative time", { resourceSpans: [{ scopeSpans: [{ spans: [{ endTimeUnixNano: "-1" }] }] }] }, "endTimeUnixNano"],
  [
    "a time too large",
    { resourceSpans: [{ scopeSpans: [{ spans: [{ endTimeUnixNano: 1e300 }] }] }] },
    "endTimeUnixNano",
  ],
  ["too deep", nested(40), "nested deeper"],
  ["too many", { resourceSpans: Array(500_001).fill({}) }, "more than 500000"],
])("JSON with %s is refused by its path", (_, json, reason) => {
  expect(() => fromJson(TRACES, json, enumeration)).toThrow(reason);
});

test.each([
  ["SEVERITY_NUMBER_WARN3", 15],
  ["SEVERITY_NUMBER_FATAL4", 24],
  ["SEVERITY_NUMBER_UNSPECIFIED", 0],
  ["STATUS_CODE_ERROR", 2],
  ["SPAN_KIND_LOUD", undefined],
])("%s is %p", (name, number) => {
  expect(enumeration(name)).toBe(number as number);
});
