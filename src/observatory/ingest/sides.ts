// Names both sides of every row of a batch: two lookups by number per row, because this is done for each span.
import { FLAG } from "../../model/span.ts";
import type { Batch } from "../../model/span-batch.ts";
import { type End, type Ends, hostOf, type SeriesBook } from "../live/series.ts";
import type { Names, Peer } from "../names.ts";

export type Side = {
  readonly peer: Peer;
  readonly end: End;
  /** the peer's, as the book of series numbers it */
  readonly version: number;
};

export type Sides = {
  source(batch: Batch, row: number): Side;
  destination(batch: Batch, row: number): Side;
  /** names were learned: look them up anew */
  forget(): void;
  /** does every row belong to somebody that a sample has named? */
  areKnown(batch: Batch): boolean;
};

export function sides(names: Names, ends: Ends, book: Pick<SeriesBook, "version">): Sides {
  const workloads = new Map<number, Side>();
  const services = new Map<number, Side>();

  const remember = (to: Map<number, Side>, key: number, peer: Peer): Side => {
    const side = { peer, end: ends.of(peer.service, peer.namespace), version: book.version(peer.version) };
    to.set(key, side);
    return side;
  };
  const workload = (key: number) => workloads.get(key) ?? remember(workloads, key, names.workload(key));
  const service = (key: number) => services.get(key) ?? remember(services, key, names.service(key));

  return {
    source: ({ columns }, row) => workload(columns.source[row] as number),
    destination({ columns, authorities }, row) {
      const workloadKey = columns.workload[row] as number;
      if (workloadKey !== 0) return workload(workloadKey);
      const serviceKey = columns.service[row] as number;
      if (serviceKey !== 0) return service(serviceKey);
      const outside = workload(0);
      if (((columns.flags[row] as number) & FLAG.egress) === 0) return outside;
      return { ...outside, end: ends.outside(hostOf(authorities[row] as string)) };
    },
    forget() {
      workloads.clear();
      services.clear();
    },
    areKnown({ header, columns }) {
      let [source, target, called] = [-1, -1, -1];
      for (let row = 0; row < header.rows; row++) {
        const from = columns.source[row] as number;
        const to = columns.workload[row] as number;
        const by = columns.service[row] as number;
        if (from === source && to === target && by === called) continue;
        if (!names.knows(from, by) || !names.knows(to, by)) return false;
        [source, target, called] = [from, to, by];
      }
      return true;
    },
  };
}
