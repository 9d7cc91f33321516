// From exchanges to traces: each waits here until it is known whose call it was, gets the id of its trace and of its
// parent, and goes on to the store. What is shown live does not wait.
import type { Clock } from "../../base/clock.ts";
import type { Random } from "../../base/random.ts";
import type { Arrival } from "../ingest/arrival.ts";
import type { Losses } from "../live/losses.ts";
import type { Names } from "../names.ts";
import { PATIENCE_US } from "../stitch/stitcher.ts";
import { crowds } from "./crowd.ts";
import { interests } from "./interest.ts";
import { linkedRows, REMEMBERED } from "./rows.ts";
import { sampler } from "./sampling.ts";
import { selected } from "./select.ts";
import { stitchedServices } from "./services.ts";
import { timeBudget } from "./time-budget.ts";
import { triesOf } from "./tries.ts";
import { watermark } from "./watermark.ts";

export type TracesDeps = {
  readonly clock: Clock;
  readonly random: Random;
  readonly names: Names;
  readonly losses: Losses;
  /** exchanges that are stored, on average; of more a weighted sample */
  readonly keptPerSecond: number;
  /** sees all that has waited long enough, oldest first, whether it is kept or not */
  readonly linked?: (arrival: Arrival) => void;
  /** takes what is kept of it */
  readonly settled: (arrival: Arrival) => void;
};

export type Traces = {
  add(arrival: Arrival): void;
  /** what waits, oldest first; its rows say what is known by now */
  held(): readonly Arrival[];
  /** nothing more comes: all is settled */
  finish(): void;
};

type Waiting = { readonly arrival: Arrival; readonly firstId: number; settledRows: number };

const TICK_MS = 500;
/** stitching lets others have their turn after so long, for so long */
const SLICE_MS = 30;
const PAUSE_MS = 10;
/** A link is told within 5 s of the data's time, which is up to 1.5 s behind ours. */
const HELD_US = 7.5e6;
/** for calls that wait for a request that goes on, and for callers of these, also when stitching is late */
const HELD_AT_MOST_US = PATIENCE_US + 16e6;
/** more would be forgotten before it is stored */
const MOST_HELD = REMEMBERED / 2;
/** of a core that stitching may take; then whole batches are left out, since half of what a workload did would be
 *  stitched to the wrong half */
const SHARE = 0.4;

export function traces({ clock, random, names, losses, keptPerSecond, linked, settled }: TracesDeps): Traces {
  const rows = linkedRows();
  const services = stitchedServices(names, ({ call, request, confidence }) => rows.tell(call, request, confidence));
  const tries = triesOf(rows.tellTry);
  const mark = watermark(clock);
  const crowd = crowds();
  const interest = interests();
  const sample = sampler(random, keptPerSecond, clock.nowUs());
  const waiting: Waiting[] = [];
  let held = 0;
  let nextId = 0;
  let timer: { cancel(): void } | undefined;
  const budget = timeBudget(clock, SHARE);

  const applyAll = () => {
    for (const { arrival, firstId } of waiting) {
      for (let row = 0; row < arrival.rows; row++) {
        rows.apply(firstId + row, arrival.batch.columns, row, arrival.confidences);
      }
    }
  };

  /** Whole traces: what is decided of one holds for all that is still to come of it. */
  const keep = (arrival: Arrival, firstId: number): Arrival => {
    const open = new Map<number, { rows: number; readonly interest: number }>();
    let spoken = 0;
    const tops = Array.from({ length: arrival.rows }, (_, row) => rows.topOf(firstId + row));
    for (const top of tops) {
      const weight = rows.weightOf(top);
      if (weight !== undefined) {
        if (weight > 0) spoken++;
        continue;
      }
      const candidate = open.get(top);
      if (candidate) candidate.rows++;
      else open.set(top, { rows: 1, interest: rows.interestOf(top) });
    }
    const drawn = sample.draw([...open.values()], spoken, clock.nowUs());
    [...open.keys()].forEach((top, i) => {
      rows.decide(top, drawn[i] as number);
    });
    tops.forEach((top, row) => {
      arrival.weights[row] = rows.weightOf(top) ?? 1;
    });
    if (arrival.weights.every((weight) => weight === 1)) return arrival;
    return selected(
      arrival,
      tops.flatMap((_, row) => (arrival.weights[row] === 0 ? [] : [row])),
    );
  };

  const isSettled = (one: Waiting): boolean => {
    while (one.settledRows < one.arrival.rows && rows.isSettled(one.firstId + one.settledRows)) one.settledRows++;
    return one.settledRows === one.arrival.rows;
  };

  const release = (isDue: (one: Waiting) => boolean) => {
    while (waiting[0] && isDue(waiting[0])) {
      const { arrival, firstId } = waiting.shift() as Waiting;
      held -= arrival.rows;
      linked?.(arrival);
      const kept = keep(arrival, firstId);
      for (let row = 0; row < arrival.rows; row++) rows.fix(firstId + row);
      if (kept.rows > 0) settled(kept);
      losses.add({ atUs: arrival.receivedUs, reason: "sampled", spans: arrival.rows - kept.rows });
    }
  };

  const isDue = (one: Waiting): boolean => {
    const ageUs = clock.nowUs() - one.arrival.receivedUs;
    return held > MOST_HELD || ageUs > HELD_AT_MOST_US || (ageUs > HELD_US && isSettled(one));
  };

  const tick = () => {
    timer = undefined;
    const beganMs = clock.monotonicMs();
    const mayGoOn = () => clock.monotonicMs() - beganMs < SLICE_MS;
    if (!budget.spend(() => services.advance(mark.dataUs(), mayGoOn))) return arm(PAUSE_MS);
    applyAll();
    release(isDue);
    arm();
  };
  const arm = (ms = TICK_MS) => {
    if (waiting.length > 0) timer ??= clock.after(ms, tick);
  };

  return {
    add(arrival) {
      const firstId = nextId;
      nextId += arrival.rows;
      const { columns } = arrival.batch;
      const isTooMuch = !budget.hasSome();
      crowd.add(arrival);
      const isLeftOut = (workload: number) => isTooMuch || crowd.isCrowded(workload);
      let leftOut = 0;
      mark.add(arrival);
      for (let row = 0; row < arrival.rows; row++) {
        const id = firstId + row;
        rows.add(id, columns, row, interest.of(arrival, row));
        tries.see(id, columns, row);
        const fed = services.feed(id, arrival, row, isLeftOut);
        if (fed === "left out") leftOut++;
        // what came from outside began there
        if (fed !== "call") rows.tell(id, undefined, arrival.sources[row] === 0 ? 1 : 0);
      }
      losses.add({ atUs: arrival.receivedUs, reason: "stitch", spans: leftOut });
      waiting.push({ arrival, firstId, settledRows: 0 });
      held += arrival.rows;
      release(() => held > MOST_HELD);
      arm();
    },
    held: () => waiting.map(({ arrival }) => arrival),
    finish() {
      timer?.cancel();
      timer = undefined;
      services.finish();
      applyAll();
      release(() => true);
    },
  };
}
