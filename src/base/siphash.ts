// SipHash-2-4 (Aumasson & Bernstein, 2012): a keyed hash of 64 bits for short texts. Without the key nobody can tell which
// text a hash belongs to, nor try texts out; that is what it is for. In 32-bit halves, because BigInt allocates.

import { fourAt } from "./half-siphash.ts";

/** 128 bits, as the algorithm reads them: little-endian words */
export type SipKey = readonly [number, number, number, number];

/** @param hex 32 hexadecimal digits; undefined: they are not */
export function sipKey(hex: string): SipKey | undefined {
  if (!/^[0-9a-f]{32}$/.test(hex)) return undefined;
  const view = new DataView(Uint8Array.fromHex(hex).buffer);
  return [0, 4, 8, 12].map((at) => view.getUint32(at, true)) as unknown as SipKey;
}

export type Hash = { high: number; low: number };

const ROUNDS = 2;

/** @param text of which each character is taken as one byte (Latin-1) @param into takes the hash, two unsigned words */
export function sipHash([k0, k1, k2, k3]: SipKey, text: string, into: Hash): void {
  // the state: v0…v3, each as high and low half
  let l0 = k0 ^ 0x70736575;
  let h0 = k1 ^ 0x736f6d65;
  let l1 = k2 ^ 0x6e646f6d;
  let h1 = k3 ^ 0x646f7261;
  let l2 = k0 ^ 0x6e657261;
  let h2 = k1 ^ 0x6c796765;
  let l3 = k2 ^ 0x79746573;
  let h3 = k3 ^ 0x74656462;
  const size = text.length;
  const whole = size & ~7;
  // the four rounds that finish mix nothing in: all are one loop, so that the state stays in registers
  for (let at = 0; at <= whole + 16; at += 8) {
    let low = 0;
    let high = 0;
    if (at < whole) {
      low = fourAt(text, at);
      high = fourAt(text, at + 4);
    } else if (at === whole) {
      low = upTo(text, at, Math.min(at + 4, size));
      high = upTo(text, at + 4, size) | (size << 24);
    } else if (at === whole + 8) l2 ^= 0xff;
    l3 ^= low;
    h3 ^= high;
    for (let i = 0; i < ROUNDS; i++) {
      // the carry of an addition of low halves is what the sum lacks
      let sum = (l0 >>> 0) + (l1 >>> 0);
      h0 = (h0 + h1 + (sum > 0xffffffff ? 1 : 0)) | 0;
      l0 = sum | 0;
      sum = (l2 >>> 0) + (l3 >>> 0);
      h2 = (h2 + h3 + (sum > 0xffffffff ? 1 : 0)) | 0;
      l2 = sum | 0;
      let turned = (h1 << 13) | (l1 >>> 19);
      l1 = ((l1 << 13) | (h1 >>> 19)) ^ l0;
      h1 = turned ^ h0;
      turned = (h3 << 16) | (l3 >>> 16);
      l3 = ((l3 << 16) | (h3 >>> 16)) ^ l2;
      h3 = turned ^ h2;
      turned = h0; // by 32 bits: the halves change places
      h0 = l0;
      l0 = turned;
      sum = (l2 >>> 0) + (l1 >>> 0);
      h2 = (h2 + h1 + (sum > 0xffffffff ? 1 : 0)) | 0;
      l2 = sum | 0;
      sum = (l0 >>> 0) + (l3 >>> 0);
      h0 = (h0 + h3 + (sum > 0xffffffff ? 1 : 0)) | 0;
      l0 = sum | 0;
      turned = (h1 << 17) | (l1 >>> 15);
      l1 = ((l1 << 17) | (h1 >>> 15)) ^ l2;
      h1 = turned ^ h2;
      turned = (h3 << 21) | (l3 >>> 11);
      l3 = ((l3 << 21) | (h3 >>> 11)) ^ l0;
      h3 = turned ^ h0;
      turned = h2;
      h2 = l2;
      l2 = turned;
    }
    l0 ^= low;
    h0 ^= high;
  }
  into.high = (h0 ^ h1 ^ h2 ^ h3) >>> 0;
  into.low = (l0 ^ l1 ^ l2 ^ l3) >>> 0;
}

function upTo(text: string, from: number, to: number): number {
  let made = 0;
  for (let at = from; at < to; at++) made |= (text.charCodeAt(at) & 255) << (8 * (at - from));
  return made;
}
