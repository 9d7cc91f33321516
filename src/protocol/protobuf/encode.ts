// Values → bytes. Lengths come before what they measure, so a message is written from its end to its start: then its
// length is known when it is needed, and nothing is copied.
import { type Message, type Scalar, WIRE, WIRE_OF } from "./message.ts";

const FIRST_BYTES = 1024;

export function encode<Value extends object>(of: Message<Value>, value: Value): Uint8Array<ArrayBuffer> {
  const output = new Output();
  writeMessage(output, of, value as Readonly<Record<string, unknown>>);
  return output.bytes();
}

function writeMessage(output: Output, of: Message<object>, value: Readonly<Record<string, unknown>>): void {
  for (let i = of.fields.length - 1; i >= 0; i--) {
    const { name, number, type, isRepeated } = of.fields[i] as (typeof of.fields)[number];
    const content = value[name];
    if (content === undefined) continue;
    if (!isRepeated) {
      writeField(output, number, type, content);
      continue;
    }
    const list = content as readonly unknown[];
    if (typeof type === "function" || WIRE_OF[type] === WIRE.bytes) {
      for (let k = list.length - 1; k >= 0; k--) writeField(output, number, type, list[k]);
    } else if (list.length > 0) {
      const end = output.length;
      for (let k = list.length - 1; k >= 0; k--) output.scalar(type, list[k]);
      output.varint(BigInt(output.length - end));
      output.tag(number, WIRE.bytes);
    }
  }
}

function writeField(output: Output, number: number, type: Scalar | (() => Message<object>), content: unknown): void {
  if (typeof type === "function") {
    const end = output.length;
    writeMessage(output, type(), content as Readonly<Record<string, unknown>>);
    output.varint(BigInt(output.length - end));
    output.tag(number, WIRE.bytes);
  } else {
    output.scalar(type, content);
    output.tag(number, WIRE_OF[type]);
  }
}

/** Grows towards the front. */
class Output {
  length = 0;
  #buffer = Buffer.alloc(FIRST_BYTES);

  bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer.subarray(this.#buffer.length - this.length));
  }

  tag(number: number, wire: number): void {
    this.varint(BigInt(number * 8 + wire));
  }

  varint(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    const digits: number[] = [];
    while (rest > 0x7fn) {
      digits.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    digits.push(Number(rest));
    const at = this.#make(digits.length);
    for (let i = 0; i < digits.length; i++) this.#buffer[at + i] = digits[i] as number;
  }

  scalar(type: Scalar, value: unknown): void {
    switch (type) {
      case "string":
        this.#block(Buffer.from(value as string, "utf8"));
        break;
      case "hex":
        this.#block(Buffer.from(value as string, "hex"));
        break;
      case "bytes":
        this.#block(value as Uint8Array);
        break;
      case "bool":
        this.varint(value ? 1n : 0n);
        break;
      case "enum":
      case "uint32":
        this.varint(BigInt(value as number));
        break;
      case "sint32": {
        const number = value as number;
        this.varint(BigInt(((number << 1) ^ (number >> 31)) >>> 0));
        break;
      }
      case "int64":
      case "uint64":
        this.varint(value as bigint);
        break;
      case "fixed32":
        this.#fixed(4, (to, at) => to.writeUInt32LE(value as number, at));
        break;
      case "double":
        this.#fixed(8, (to, at) => to.writeDoubleLE(value as number, at));
        break;
      case "fixed64":
        this.#fixed(8, (to, at) => to.writeBigUInt64LE(value as bigint, at));
        break;
      case "sfixed64":
        this.#fixed(8, (to, at) => to.writeBigInt64LE(value as bigint, at));
        break;
    }
  }

  #fixed(size: number, write: (to: Buffer, at: number) => number): void {
    const at = this.#make(size); // may take another buffer
    write(this.#buffer, at);
  }

  #block(bytes: Uint8Array): void {
    const at = this.#make(bytes.length);
    this.#buffer.set(bytes, at);
    this.varint(BigInt(bytes.length));
  }

  /** Room for `count` bytes before what there is; where they begin. */
  #make(count: number): number {
    while (this.length + count > this.#buffer.length) {
      const larger = Buffer.alloc(this.#buffer.length * 2);
      larger.set(this.#buffer, this.#buffer.length);
      this.#buffer = larger;
    }
    this.length += count;
    return this.#buffer.length - this.length;
  }
}
