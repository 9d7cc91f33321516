// A bounded table of names in shared memory: every process that asks for a name gets the same slot. A slot that nobody has
// touched for some time is given to another name. Open addressing with a short probe; no locks.

const PROBES = 16;
/** a slot that no worker touched for so long is free; they touch what they use each few seconds */
export const STALE_S = 300;
const BUSY = -1;
/** looks at a slot whose old content is being cleared: that takes some thousand, but who does it may have to wait for a CPU */
const PATIENCE = 20_000_000;

export type Slots = {
  /** words of all slots: slot × words + n */
  readonly words: Int32Array;
  readonly wordsEach: number;
  /** the name's slot, or -1: no room. @param hash well mixed, 32 bits */
  claim(hash: number, nowMs: number): number;
  /** the name's slot, -1: nobody has asked for one */
  find(hash: number): number;
  /** still in use */
  touch(slot: number, nowMs: number): void;
};

export function slotsSize(count: number, wordsEach: number): number {
  return count * (2 + wordsEach) * 4;
}

/** @param count a power of two. @param reset clears what else belongs to the slot, before it gets its new name */
export function slots(bytes: Uint8Array, count: number, wordsEach: number, reset: (slot: number) => void): Slots {
  const { buffer, byteOffset } = bytes;
  const tags = new Int32Array(buffer, byteOffset, count);
  const seen = new Int32Array(buffer, byteOffset + count * 4, count);
  const words = new Int32Array(buffer, byteOffset + count * 8, count * wordsEach);

  const find = (hash: number, tag: number) => {
    for (let i = 0; i < PROBES; i++) {
      const slot = (hash + i) & (count - 1);
      if (Atomics.load(tags, slot) === tag) return slot;
    }
    return -1;
  };

  /** what a slot's name is, once whoever is naming it has done so; somebody who died over it is not waited for */
  const settled = (slot: number) => {
    let tag = Atomics.load(tags, slot);
    for (let i = 0; tag === BUSY && i < PATIENCE; i++) tag = Atomics.load(tags, slot);
    return tag;
  };

  /** the slot, -1: it has another name */
  const occupy = (slot: number, tag: number, nowS: number): number => {
    for (;;) {
      const before = settled(slot);
      if (before === tag) return slot;
      const isFree = before === 0 || (before !== BUSY && nowS - Atomics.load(seen, slot) > STALE_S);
      if (!isFree) return -1;
      if (before === 0) {
        // never used: there is nothing to clear
        Atomics.store(seen, slot, nowS);
        if (Atomics.compareExchange(tags, slot, 0, tag) === 0) return slot;
        continue;
      }
      if (Atomics.compareExchange(tags, slot, before, BUSY) !== before) continue;
      for (let word = 0; word < wordsEach; word++) Atomics.store(words, slot * wordsEach + word, 0);
      reset(slot);
      Atomics.store(seen, slot, nowS);
      Atomics.store(tags, slot, tag);
      return slot;
    }
  };

  return {
    words,
    wordsEach,
    find: (hash) => find(hash, tagOf(hash)),
    claim(hash, nowMs) {
      const nowS = Math.floor(nowMs / 1000);
      const tag = tagOf(hash);
      let found = find(hash, tag);
      // all who ask go the same way from the start, so that they meet at the first slot that is free
      for (let i = 0; found < 0 && i < PROBES; i++) found = occupy((hash + i) & (count - 1), tag, nowS);
      if (found >= 0) Atomics.store(seen, found, nowS);
      return found;
    },
    touch(slot, nowMs) {
      if (slot >= 0) Atomics.store(seen, slot, Math.floor(nowMs / 1000));
    },
  };
}

function tagOf(hash: number): number {
  return (hash | 1) === BUSY ? 1 : hash | 1;
}

/** Mixes two numbers into 32 bits (murmur3's finaliser). */
export function mix(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b, 0xc2b2ae35);
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
