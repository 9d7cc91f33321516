// Two words of 32 bits, such as an id has, as one number: a key that costs a map no string.

/** 53 bits of the two, which is all that a number holds: of drawn words it is as good as never the same for others. */
export function pairKey(high: number, low: number): number {
  return (high & 0x1fffff) * 0x1_0000_0000 + low;
}
