// Bytes → values (https://protobuf.dev/programming-guides/encoding/), for what strangers send: every length is checked,
// unknown fields are skipped, and what one message may cost is bounded.
import {
  type Field,
  MalformedMessage,
  type Message,
  READ_LIMITS,
  type ReadLimits,
  readBudget,
  type Scalar,
  WIRE,
  WIRE_OF,
} from "./message.ts";

/** @throws MalformedMessage. Byte fields are views into `bytes` */
export function decode<Value extends object>(
  of: Message<Value>,
  bytes: Uint8Array,
  limits: ReadLimits = READ_LIMITS,
): Value {
  const budget = readBudget(limits);

  const readMessage = (type: Message<object>, input: Input, end: number, depth: number): object => {
    budget.spend(1);
    const value: Record<string, unknown> = {};
    while (input.at < end) {
      const tag = Number(input.varint(end));
      const wire = tag & 7;
      const field = type.byNumber.get(Math.floor(tag / 8));
      if (tag < 8) throw new MalformedMessage("has a field without a number");
      if (field) readField(field, wire, value, input, end, depth);
      else input.skip(wire, end);
    }
    return value;
  };

  const readField = (
    { name, type, isRepeated }: Field<unknown> & { readonly name: string },
    wire: number,
    into: Record<string, unknown>,
    input: Input,
    end: number,
    depth: number,
  ) => {
    if (typeof type === "function") {
      if (wire !== WIRE.bytes) return input.skip(wire, end);
      const inner = readMessage(type(), input, input.length(end), budget.deeper(depth));
      if (isRepeated) append(into, name, inner);
      // a message that is told in pieces (encoding, "Last One Wins")
      else into[name] = into[name] === undefined ? inner : { ...(into[name] as object), ...inner };
    } else if (wire === WIRE_OF[type]) {
      if (isRepeated) budget.spend(1);
      const value = input.scalar(type, end);
      if (isRepeated) append(into, name, value);
      else into[name] = value;
    } else if (isRepeated && wire === WIRE.bytes) {
      const packedEnd = input.length(end);
      while (input.at < packedEnd) {
        budget.spend(1);
        append(into, name, input.scalar(type, packedEnd));
      }
    } else {
      input.skip(wire, end);
    }
  };

  return readMessage(of, new Input(bytes), bytes.length, 0) as Value;
}

function append(into: Record<string, unknown>, name: string, value: unknown): void {
  const list = into[name] as unknown[] | undefined;
  if (list) list.push(value);
  else into[name] = [value];
}

class Input {
  at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** the end of what follows, whose length is read */
  length(end: number): number {
    const length = this.varint(end);
    if (length > BigInt(end - this.at)) throw truncated();
    return this.at + Number(length);
  }

  varint(end: number): bigint {
    // nearly all fit 28 bits, and arithmetic on those costs nothing
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte(end);
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte(end);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new MalformedMessage("has a number of more than ten bytes");
  }

  skip(wire: number, end: number): void {
    if (wire === WIRE.varint) this.varint(end);
    else if (wire === WIRE.fixed64) this.#take(8, end);
    else if (wire === WIRE.fixed32) this.#take(4, end);
    else if (wire === WIRE.bytes) this.at = this.length(end);
    else throw new MalformedMessage(`has a field of wire type ${wire}`); // groups: nobody writes them any more
  }

  scalar(type: Scalar, end: number): unknown {
    const bytes = this.#bytes;
    switch (type) {
      case "string":
      case "bytes":
      case "hex": {
        const last = this.length(end);
        const from = this.at;
        this.at = last;
        if (type === "bytes") return bytes.subarray(from, last);
        return bytes.toString(type === "hex" ? "hex" : "utf8", from, last);
      }
      case "bool":
        return this.varint(end) !== 0n;
      case "enum":
        return Number(BigInt.asIntN(32, this.varint(end)));
      case "uint32":
        return Number(BigInt.asUintN(32, this.varint(end)));
      case "sint32": {
        const zigzag = Number(BigInt.asUintN(32, this.varint(end)));
        return (zigzag >>> 1) ^ -(zigzag & 1);
      }
      case "uint64":
        return this.varint(end);
      case "int64":
        return BigInt.asIntN(64, this.varint(end));
      case "fixed32":
        return bytes.readUInt32LE(this.#take(4, end));
      case "double":
        return bytes.readDoubleLE(this.#take(8, end));
      case "fixed64":
        return bytes.readBigUInt64LE(this.#take(8, end));
      case "sfixed64":
        return bytes.readBigInt64LE(this.#take(8, end));
    }
  }

  #byte(end: number): number {
    return this.#bytes[this.#take(1, end)] as number;
  }

  #take(count: number, end: number): number {
    const from = this.at;
    if (from + count > end) throw truncated();
    this.at = from + count;
    return from;
  }
}

function truncated(): MalformedMessage {
  return new MalformedMessage("ends in the middle of a field");
}
