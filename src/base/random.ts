// The only door to randomness, so that a test can seed it.

export type Random = {
  /** an unsigned 32-bit integer */
  u32(): number;
  /** a float in [0, 1) */
  unit(): number;
};

/** Fast and not for secrets: trace ids, jitter, sampling. xoshiro128** (Blackman & Vigna, 2018). */
export function seededRandom(seed: number): Random {
  let a = seed | 0 || 0x9e3779b9;
  let b = Math.imul(a, 0x85ebca6b) ^ 0x243f6a88;
  let c = Math.imul(b, 0xc2b2ae35) ^ 0x85a308d3;
  let d = Math.imul(c, 0x27d4eb2f) ^ 0x13198a2e;
  const u32 = () => {
    const r = Math.imul(b, 5);
    const result = Math.imul((r << 7) | (r >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  for (let i = 0; i < 16; i++) u32();
  return { u32, unit: () => u32() / 0x1_0000_0000 };
}

/** Seeded from the operating system. */
export function systemRandom(): Random {
  return seededRandom(crypto.getRandomValues(new Int32Array(1))[0] ?? 1);
}

/** Of the operating system's secure randomness, as hexadecimal digits: for keys. */
export function secretHex(bytes: number): string {
  return crypto.getRandomValues(new Uint8Array(bytes)).toHex();
}
