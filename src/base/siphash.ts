// SipHash-2-4 (Aumasson & Bernstein, 2012): a keyed hash of 64 bits for short texts. Without the key nobody can tell which
// text a hash belongs to, nor try texts out; that is what it is for. In 32-bit halves, because BigInt allocates.

/** 128 bits, as the algorithm reads them: little-endian words */
export type SipKey = readonly [number, number, number, number];

/** @param hex 32 hexadecimal digits; undefined: they are not */
export function sipKey(hex: string): SipKey | undefined {
  if (!/^[0-9a-f]{32}$/.test(hex)) return undefined;
  const view = new DataView(Uint8Array.fromHex(hex).buffer);
  return [0, 4, 8, 12].map((at) => view.getUint32(at, true)) as unknown as SipKey;
}

export type Hash = { high: number; low: number };

// the state: v0…v3, each as high and low half. Of the module, so that no call allocates; nothing here is re-entered
let h0 = 0;
let l0 = 0;
let h1 = 0;
let l1 = 0;
let h2 = 0;
let l2 = 0;
let h3 = 0;
let l3 = 0;

/** @param text of which each character is taken as one byte (Latin-1) @param into takes the hash, two unsigned words */
export function sipHash(key: SipKey, text: string, into: Hash): void {
  const [k0, k1, k2, k3] = key;
  l0 = k0 ^ 0x70736575;
  h0 = k1 ^ 0x736f6d65;
  l1 = k2 ^ 0x6e646f6d;
  h1 = k3 ^ 0x646f7261;
  l2 = k0 ^ 0x6e657261;
  h2 = k1 ^ 0x6c796765;
  l3 = k2 ^ 0x79746573;
  h3 = k3 ^ 0x74656462;
  const size = text.length;
  const whole = size & ~7;
  for (let at = 0; at < whole; at += 8) mix(word(text, at, 4), word(text, at + 4, 4));
  const rest = size - whole;
  mix(word(text, whole, Math.min(rest, 4)), word(text, whole + 4, Math.max(rest - 4, 0)) | ((size & 255) << 24));
  l2 ^= 0xff;
  round();
  round();
  round();
  round();
  into.high = (h0 ^ h1 ^ h2 ^ h3) >>> 0;
  into.low = (l0 ^ l1 ^ l2 ^ l3) >>> 0;
}

/** `count` bytes from `at` on, the first one lowest */
function word(text: string, at: number, count: number): number {
  let made = 0;
  for (let i = 0; i < count; i++) made |= (text.charCodeAt(at + i) & 255) << (i * 8);
  return made;
}

function mix(low: number, high: number): void {
  l3 ^= low;
  h3 ^= high;
  round();
  round();
  l0 ^= low;
  h0 ^= high;
}

/** The carry of an addition of low halves is what the sum lacks. */
function round(): void {
  let sum = (l0 >>> 0) + (l1 >>> 0);
  h0 = (h0 + h1 + (sum > 0xffffffff ? 1 : 0)) | 0;
  l0 = sum | 0;
  sum = (l2 >>> 0) + (l3 >>> 0);
  h2 = (h2 + h3 + (sum > 0xffffffff ? 1 : 0)) | 0;
  l2 = sum | 0;
  let high = (h1 << 13) | (l1 >>> 19);
  l1 = ((l1 << 13) | (h1 >>> 19)) ^ l0;
  h1 = high ^ h0;
  high = (h3 << 16) | (l3 >>> 16);
  l3 = ((l3 << 16) | (h3 >>> 16)) ^ l2;
  h3 = high ^ h2;
  high = h0; // by 32 bits: the halves change places
  h0 = l0;
  l0 = high;
  sum = (l2 >>> 0) + (l1 >>> 0);
  h2 = (h2 + h1 + (sum > 0xffffffff ? 1 : 0)) | 0;
  l2 = sum | 0;
  sum = (l0 >>> 0) + (l3 >>> 0);
  h0 = (h0 + h3 + (sum > 0xffffffff ? 1 : 0)) | 0;
  l0 = sum | 0;
  high = (h1 << 17) | (l1 >>> 15);
  l1 = ((l1 << 17) | (h1 >>> 15)) ^ l2;
  h1 = high ^ h2;
  high = (h3 << 21) | (l3 >>> 11);
  l3 = ((l3 << 21) | (h3 >>> 11)) ^ l0;
  h3 = high ^ h0;
  high = h2;
  h2 = l2;
  l2 = high;
}
