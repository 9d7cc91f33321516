// What an earlier process took in and did not store: named, stitched and stored before anything new comes. It is in no
// figure yet, and in some periods already: the store then mends its rollups from the exchanges.
import type { Clock } from "../../base/clock.ts";
import type { Random } from "../../base/random.ts";
import { decodeBatch } from "../../model/span-batch.ts";
import type { Losses } from "../live/losses.ts";
import type { Names } from "../names.ts";
import type { RouteBook } from "../routes/book.ts";
import type { Left } from "../store/spool.ts";
import { traces } from "../traces/traces.ts";
import { type Arrival, keepSound } from "./arrival.ts";
import type { Dedupe } from "./dedupe.ts";
import { routeOf } from "./intake.ts";
import type { Sides } from "./sides.ts";

export type RecoverDeps = {
  readonly clock: Clock;
  readonly names: Names;
  readonly sides: Sides;
  readonly routes: Pick<RouteBook, "declare">;
  readonly dedupe: Dedupe;
  readonly losses: Losses;
  readonly random: Random;
  readonly keptPerSecond: number;
  readonly linked: (arrival: Arrival) => void;
};

export function recover(deps: RecoverDeps, { samples, batches }: Left): Arrival[] {
  const { clock, names, sides, dedupe } = deps;
  for (const sample of samples) {
    names.learn(sample);
    deps.routes.declare(sample.services);
  }
  sides.forget();
  const recovered: Arrival[] = [];
  const stitched = traces({ ...deps, settled: (arrival) => recovered.push(arrival) });
  let ordinal = Math.floor(clock.nowUs());
  for (const bytes of batches) {
    const batch = decodeBatch(bytes);
    if (!batch) continue;
    const { agent, sequence } = batch.header;
    const id = { agent, sequence, hash: Bun.hash.wyhash(bytes).toString(16) };
    if (!dedupe.isNew(id)) continue;
    names.learnRules(batch.header);
    const receivedUs = clock.nowUs();
    const rows = keepSound(batch, receivedUs);
    const each = (of: (row: number) => number) => Uint32Array.from({ length: rows }, (_, row) => of(row));
    stitched.add({
      ...{ batch, rows, id, receivedUs, ordinal },
      sources: each((row) => sides.source(batch, row).peer.id),
      destinations: each((row) => sides.destination(batch, row).peer.id),
      confidences: new Float32Array(rows),
      weights: new Float32Array(rows).fill(1),
      routes: each((row) => routeOf(names, sides.destination(batch, row).end, batch, row)),
    });
    ordinal += rows;
  }
  stitched.finish();
  return recovered;
}
