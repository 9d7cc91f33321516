// Maglev hashing (Eisenbud et al. 2016, §3.4): a table filled in turns by each endpoint's own order of places. Shares are
// all but equal and a look-up is one step; when an endpoint goes, a few more keys than its own move.

import { mix } from "../../model/page/slots.ts";
import type { Backend, Picker } from "../shapes.ts";
import { hashOfBackend } from "./hash.ts";

/** primes; the table has a hundred places for each endpoint, which keeps shares within one percent */
const SIZES = [251, 1_021, 4_093, 16_381, 65_537, 262_147] as const;

export function maglev(): Picker {
  let of: readonly Backend[] | undefined;
  let table: Uint16Array = new Uint16Array(0);
  return (backends, { hash, avoid }) => {
    if (of !== backends) {
      table = build(backends);
      of = backends;
    }
    const at = (hash >>> 0) % table.length;
    for (let i = 0; i < table.length; i++) {
      const owner = backends[table[(at + i) % table.length] as number] as Backend;
      if (!avoid.includes(owner)) return owner;
    }
    return backends[table[at] as number] as Backend;
  };
}

const FREE = 0xffff;

function build(backends: readonly Backend[]): Uint16Array {
  const size = SIZES.find((size) => size >= backends.length * 100) ?? SIZES[SIZES.length - 1]!;
  const table = new Uint16Array(size).fill(FREE);
  const place = backends.map((backend) => mix(hashOfBackend(backend), 1) >>> 0).map((hash) => hash % size);
  const step = backends.map((backend) => ((mix(hashOfBackend(backend), 2) >>> 0) % (size - 1)) + 1);
  // the turns go in the order of the endpoints' own hashes, so that it does not matter how they are listed
  const turns = backends.map((_, i) => i).sort((a, b) => hashOfBackend(backends[a]!) - hashOfBackend(backends[b]!));
  for (let filled = 0; ; ) {
    for (const owner of turns) {
      let at = place[owner] as number;
      while (table[at] !== FREE) at = (at + (step[owner] as number)) % size;
      table[at] = owner;
      place[owner] = (at + (step[owner] as number)) % size;
      if (++filled === size) return table;
    }
  }
}
