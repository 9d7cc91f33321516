// What each workload and the host used, by 10 seconds, for a quarter of an hour: the live view of resources, also when there is no
// store. Some 210 bytes a point.

import type { Looked } from "../../model/looked.ts";
import { figuresOf, RESOURCE_NAMES, type ResourceSample, sampleOf } from "../../model/resources.ts";

/** Counters are cumulated over a workload's life; a restarted one begins anew. */
export type Reading = {
  readonly atUs: number;
  readonly connections: number;
  readonly isReady: boolean;
  readonly used: ResourceSample;
};

export type WorkloadName = { readonly workload: string; readonly service: string; readonly version: string };

export type Readings = { readonly name: WorkloadName; readonly readings: readonly Reading[] };

export type History = {
  add(atUs: number, looked: readonly Looked[]): void;
  /** of every workload of the service that was there; oldest first */
  of(service: string): Readings[];
  /** µs since the epoch: from here on memory holds every reading */
  fromUs(): number;
};

const KEPT_US = 900e6;
const FIELDS = 3 + RESOURCE_NAMES.length;

export function history(): History {
  const byName = new Map<string, { readonly name: WorkloadName; rows: number[] }>();
  let fromUs = Number.POSITIVE_INFINITY;

  return {
    add(atUs, looked) {
      fromUs = Math.max(Math.min(fromUs, atUs), atUs - KEPT_US);
      for (const { workload, service, version, connections, isReady, used, ...one } of looked) {
        const key = `${service}\n${workload}\n${version}`;
        const entry = byName.get(key) ?? { name: { workload, service, version }, rows: [] };
        byName.set(key, entry);
        entry.rows.push(one.atUs, connections, isReady ? 1 : 0, ...figuresOf(used));
      }
      for (const [key, entry] of byName) {
        let old = 0;
        while (old < entry.rows.length && (entry.rows[old] as number) < fromUs) old += FIELDS;
        if (old > 0) entry.rows.splice(0, old);
        if (entry.rows.length === 0) byName.delete(key);
      }
    },
    of: (service) =>
      [...byName.values()]
        .filter(({ name }) => name.service === service)
        .map(({ name, rows }) => ({ name, readings: readingsIn(rows) })),
    fromUs: () => fromUs,
  };
}

function readingsIn(rows: readonly number[]): Reading[] {
  return Array.from({ length: rows.length / FIELDS }, (_, index) => {
    const [atUs, connections, ready, ...figures] = rows.slice(index * FIELDS, (index + 1) * FIELDS);
    return { atUs, connections, isReady: ready === 1, used: sampleOf(figures) } as Reading;
  });
}
