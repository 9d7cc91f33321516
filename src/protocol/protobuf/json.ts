// The JSON form of the same messages (https://protobuf.dev/programming-guides/json/), as strangers send it: numbers of
// 64 bits as strings or numbers, enumerations as numbers or names. What is no value of its type is refused by its path.
import {
  type Field,
  MalformedMessage,
  type Message,
  READ_LIMITS,
  type ReadLimits,
  readBudget,
  type Scalar,
} from "./message.ts";

/** @param enumeration of a name, such as SPAN_KIND_CLIENT; undefined: there is none
 *  @throws MalformedMessage */
export function fromJson<Value extends object>(
  of: Message<Value>,
  json: unknown,
  enumeration: (name: string) => number | undefined,
  limits: ReadLimits = READ_LIMITS,
): Value {
  const budget = readBudget(limits);

  const readMessage = (type: Message<object>, from: unknown, path: string, depth: number): object => {
    budget.spend(1);
    if (typeof from !== "object" || from === null || Array.isArray(from)) throw wrong(path, "an object");
    const value: Record<string, unknown> = {};
    for (const [name, content] of Object.entries(from)) {
      const field = type.byName.get(name);
      if (field && content !== null) value[name] = readField(field, content, `${path}.${name}`, depth);
    }
    return value;
  };

  const readField = (field: Field<unknown>, from: unknown, path: string, depth: number): unknown => {
    const read = (content: unknown, at: string) => {
      if (typeof field.type === "function") return readMessage(field.type(), content, at, budget.deeper(depth));
      const value = readScalar(field.type, content, enumeration);
      if (value === undefined) throw wrong(at, `a value of type ${field.type}`);
      return value;
    };
    if (!field.isRepeated) return read(from, path);
    if (!Array.isArray(from)) throw wrong(path, "an array");
    budget.spend(from.length);
    return from.map((content, index) => read(content, `${path}[${index}]`));
  };

  return readMessage(of, json, "", 0) as Value;
}

function wrong(path: string, expected: string): MalformedMessage {
  return new MalformedMessage(`has no ${expected.replace(/^an? /, "")} at ${path.slice(1) || "its top"}`);
}

function readScalar(type: Scalar, value: unknown, enumeration: (name: string) => number | undefined): unknown {
  switch (type) {
    case "string":
      return typeof value === "string" ? value : undefined;
    case "hex":
      return typeof value === "string" && /^([0-9a-f]{2})*$/i.test(value) ? value.toLowerCase() : undefined;
    case "bytes":
      return typeof value === "string" ? Buffer.from(value, "base64") : undefined;
    case "bool":
      return typeof value === "boolean" ? value : undefined;
    case "double":
      return readDouble(value);
    case "enum":
      return typeof value === "string" ? enumeration(value) : within(value, -(2 ** 31), 2 ** 31 - 1);
    case "sint32":
      return within(readDouble(value), -(2 ** 31), 2 ** 31 - 1);
    case "uint32":
    case "fixed32":
      return within(readDouble(value), 0, 2 ** 32 - 1);
    case "int64":
    case "sfixed64":
      return readBig(value, -(2n ** 63n), 2n ** 63n - 1n);
    case "uint64":
    case "fixed64":
      return readBig(value, 0n, 2n ** 64n - 1n);
  }
}

function readDouble(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
  return typeof value === "string" && /^-?\d[\d.eE+-]{0,30}$/.test(value) ? finite(Number(value)) : undefined;
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

function within(value: unknown, least: number, most: number): number | undefined {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most
    ? (value as number)
    : undefined;
}

function readBig(value: unknown, least: bigint, most: bigint): bigint | undefined {
  const isWhole = typeof value === "string" ? /^-?\d{1,20}$/.test(value) : Number.isInteger(value);
  if (!isWhole) return undefined;
  const big = BigInt(value as string | number);
  return big >= least && big <= most ? big : undefined;
}
