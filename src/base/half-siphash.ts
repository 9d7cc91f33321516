// HalfSipHash-1-3 (Aumasson & Bernstein; as in the Linux kernel): a keyed hash of 32 bits for short texts, made for machines
// that count in 32 bits. Without the key nobody can tell which text a hash belongs to, nor try texts out. 64 bits would cost
// several times as much here, and who compares the hashes of some seconds needs no more.

const FINISHING = 3;

/** its halves, signed */
export type HalfSipKey = readonly [number, number];

/** @param key0 @param key1 the key's halves
 *  @param text of which each character in [from, to) is taken as one byte (Latin-1)
 *  @returns an unsigned word */
export function halfSipHash(key0: number, key1: number, text: string, from = 0, to = text.length): number {
  let v0 = key0;
  let v1 = key1;
  let v2 = key0 ^ 0x6c796765;
  let v3 = key1 ^ 0x74656462;
  const whole = to - ((to - from) & 3);
  const end = whole + 4 * FINISHING;
  // the rounds that finish mix nothing in: all are one loop, so that the state stays in registers
  for (let at = from; at <= end; at += 4) {
    const word = at < whole ? fourAt(text, at) : at === whole ? lastOf(text, whole, to, to - from) : 0;
    if (at === whole + 4) v2 ^= 0xff;
    v3 ^= word;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= word;
  }
  return (v1 ^ v3) >>> 0;
}

/** Four characters as bytes, the first one lowest. */
export function fourAt(text: string, at: number): number {
  return (
    (text.charCodeAt(at) & 255) |
    ((text.charCodeAt(at + 1) & 255) << 8) |
    ((text.charCodeAt(at + 2) & 255) << 16) |
    (text.charCodeAt(at + 3) << 24)
  );
}

/** What is left of it, and how long it was. */
function lastOf(text: string, from: number, to: number, size: number): number {
  let word = size << 24;
  for (let at = from; at < to; at++) word |= (text.charCodeAt(at) & 255) << (8 * (at - from));
  return word;
}
