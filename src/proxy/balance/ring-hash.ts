// Consistent hashing on a ring: each endpoint owns the arcs before its points. When one goes, only its keys move, and they
// spread over all others (Karger 1997).

import { mix } from "../../model/page/slots.ts";
import type { Backend, Picker } from "../shapes.ts";
import { hashOfBackend } from "./hash.ts";

/** points of an endpoint: with few, shares differ by a fifth and more; many make the ring slow to build */
const POINTS = 160;
const MOST_POINTS = 65_536;

type Ring = { readonly points: Uint32Array; readonly owners: Uint16Array };

export function ringHash(): Picker {
  let of: readonly Backend[] | undefined;
  let ring: Ring = { points: new Uint32Array(0), owners: new Uint16Array(0) };
  return (backends, { hash, avoid }) => {
    if (of !== backends) {
      ring = build(backends);
      of = backends;
    }
    const { points, owners } = ring;
    const at = firstFrom(points, hash >>> 0);
    for (let i = 0; i < points.length; i++) {
      const owner = backends[owners[(at + i) % points.length] as number] as Backend;
      if (!avoid.includes(owner)) return owner;
    }
    return backends[owners[at] as number] as Backend;
  };
}

function build(backends: readonly Backend[]): Ring {
  const each = Math.max(8, Math.min(POINTS, Math.floor(MOST_POINTS / backends.length)));
  // place and owner in one number, so that they are sorted together: 32 + 16 bits are exact in a float
  const pairs = new Float64Array(backends.length * each);
  backends.forEach((backend, owner) => {
    const own = hashOfBackend(backend);
    for (let i = 0; i < each; i++) pairs[owner * each + i] = (mix(own, i) >>> 0) * 65_536 + owner;
  });
  pairs.sort();
  return {
    points: Uint32Array.from(pairs, (pair) => Math.floor(pair / 65_536)),
    owners: Uint16Array.from(pairs, (pair) => pair % 65_536),
  };
}

/** index of the first point at or behind `hash`, around the ring */
function firstFrom(points: Uint32Array, hash: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle] as number) < hash) low = middle + 1;
    else high = middle;
  }
  return low === points.length ? 0 : low;
}
