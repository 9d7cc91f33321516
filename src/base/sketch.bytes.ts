// A sketch as bytes for the store: LEB128 numbers, two per bucket in use (the gap to the one before, the count), so that
// ten seconds of one edge take some tens of bytes.
import { addAt, addZeros, type Sketch, sketch } from "./sketch.ts";

const VERSION = 1;
const LARGEST_INDEX = 0xffff;

export function encodeSketch(from: Sketch): Uint8Array {
  let used = 0;
  for (const count of from.counts) if (count > 0) used++;
  // 10 bytes hold any number below 2^53 … 2^64
  const bytes = new Uint8Array(1 + 10 + 10 + used * 10);
  bytes[0] = VERSION;
  let at = put(bytes, 1, from.zeros);
  at = put(bytes, at, used);
  let previous = 0;
  for (let i = 0; i < from.counts.length; i++) {
    const count = from.counts[i] ?? 0;
    if (count === 0) continue;
    at = put(bytes, at, from.low + i - previous);
    at = put(bytes, at, count);
    previous = from.low + i;
  }
  return bytes.subarray(0, at);
}

/**
 * Adds what `encodeSketch` wrote to a sketch. A question about a week merges half a million of them, so nothing is made in
 * between.
 * @throws RangeError when `bytes` are something else; then `to` may have taken a part of it
 */
export function mergeEncoded(to: Sketch, bytes: Uint8Array): void {
  if (bytes[0] !== VERSION) throw new RangeError(`sketch of version ${bytes[0]}, expected ${VERSION}`);
  const reader = { bytes, at: 1 };
  addZeros(to, take(reader));
  const used = take(reader);
  let index = 0;
  for (let i = 0; i < used; i++) {
    index += take(reader);
    if (index > LARGEST_INDEX) throw new RangeError("sketch has an impossible bucket");
    addAt(to, index, take(reader));
  }
  if (reader.at !== bytes.length) throw new RangeError("sketch has the wrong length");
}

/** @throws RangeError when `bytes` are not what `encodeSketch` wrote */
export function decodeSketch(bytes: Uint8Array): Sketch {
  const result = sketch();
  mergeEncoded(result, bytes);
  return result;
}

function put(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  while (rest >= 0x80) {
    bytes[at++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  bytes[at++] = rest;
  return at;
}

function take(reader: { bytes: Uint8Array; at: number }): number {
  let value = 0;
  let weight = 1;
  for (;;) {
    const byte = reader.bytes[reader.at++];
    if (byte === undefined || weight > 2 ** 53) throw new RangeError("sketch ends in the middle of a number");
    value += (byte & 0x7f) * weight;
    if (byte < 0x80) return value;
    weight *= 0x80;
  }
}
