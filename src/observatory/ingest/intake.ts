// The door of the observatory: what agents send, checked, named, counted and queued.
import type { Clock } from "../../base/clock.ts";
import { MeshError } from "../../base/errors/index.ts";
import { lookedAt } from "../../model/looked.ts";
import { FLAG, isTurn } from "../../model/span.ts";
import { type Batch, decodeBatch } from "../../model/span-batch.ts";
import { BREAKER_OPEN, watchBreakers } from "../changes/breakers.ts";
import type { Changes } from "../changes/changes.ts";
import { watchChanges } from "../changes/compare.ts";
import type { Exemplars } from "../live/exemplars.ts";
import type { Histograms } from "../live/histogram.ts";
import type { Levels } from "../live/levels.ts";
import type { Live } from "../live/live.ts";
import type { Losses } from "../live/losses.ts";
import { type End, outcome, type SeriesBook } from "../live/series.ts";
import type { Names } from "../names.ts";
import type { RouteBook } from "../routes/book.ts";
import { isProof } from "../routes/proof.ts";
import type { Spool } from "../store/spool.ts";
import type { StoredSample } from "../store/store.ts";
import { type Arrival, keepSound } from "./arrival.ts";
import type { Dedupe } from "./dedupe.ts";
import { learnedFlags } from "./learned-flags.ts";
import { checkSample } from "./sample-check.ts";
import type { Sides } from "./sides.ts";

export type IntakeDeps = {
  readonly clock: Clock;
  readonly names: Names;
  readonly sides: Sides;
  readonly book: SeriesBook;
  readonly routes: Pick<RouteBook, "declare">;
  readonly live: Live;
  readonly histograms: Histograms;
  readonly exemplars: Exemplars;
  readonly levels: Levels;
  readonly losses: Losses;
  readonly dedupe: Dedupe;
  readonly changes: Pick<Changes, "add">;
  readonly spool: Pick<Spool, "batch" | "sample">;
  readonly arrived: (arrival: Arrival) => void;
  readonly sampled: (sample: StoredSample) => void;
};

export type Intake = {
  /** @throws MeshError batch_malformed. The bytes are the intake's from now on */
  spans(bytes: Uint8Array): void;
  /** @throws MeshError batch_malformed */
  sample(value: unknown): void;
  /** µs since the epoch at which the newest exchange ended */
  newestUs(): number | undefined;
  /** and the oldest that came to this process */
  oldestUs(): number | undefined;
  /** the project is being stopped: workloads that end are no changes any more */
  ending(): void;
  /** no more waiting for names */
  settle(): void;
};

/** Spans of a workload that no sample has named yet wait this long for one. */
const PATIENCE_MS = 2_000;
const MOST_PARKED = 16;
const STORE_SAMPLE_EVERY_US = 10e6;

export function intake(deps: IntakeDeps): Intake {
  const { clock, names, sides, book, live, histograms, losses } = deps;
  let parked: Parked[] = [];
  const watch = watchChanges();
  const breakers = watchBreakers();
  const learn = learnedFlags();
  let isEnding = false;
  let ordinal = 0;
  let newestUs: number | undefined;
  let oldestUs: number | undefined;
  let sampleStoredUs = Number.NEGATIVE_INFINITY;

  const take = ({ batch, hash }: Parked) => {
    const receivedUs = clock.nowUs();
    names.learnRules(batch.header);
    const rows = keepSound(batch, receivedUs);
    if (rows < batch.header.rows) {
      losses.add({ atUs: receivedUs, reason: "rejected", spans: batch.header.rows - rows });
    }
    if (rows === 0) return;
    // by the clock, so that a later process goes on above without having to look
    ordinal = Math.max(ordinal, Math.floor(receivedUs));
    const { agent, sequence } = batch.header;
    const arrival: Arrival = {
      batch,
      rows,
      id: { agent, sequence, hash },
      receivedUs,
      ordinal,
      sources: new Uint32Array(rows),
      destinations: new Uint32Array(rows),
      confidences: new Float32Array(rows),
      weights: new Float32Array(rows).fill(1),
      routes: new Uint32Array(rows),
    };
    ordinal += rows;
    count(arrival);
    deps.arrived(arrival);
  };

  const count = ({ batch, rows, sources, destinations, routes }: Arrival) => {
    const { columns } = batch;
    const { startUs, end, port, protocol, status, error, method, workload, flags } = columns;
    for (let row = 0; row < rows; row++) {
      const source = sides.source(batch, row);
      const destination = sides.destination(batch, row);
      sources[row] = source.peer.id;
      destinations[row] = destination.peer.id;
      const durationUs = end[row] as number;
      const endUs = (startUs[row] as number) + durationUs;
      if (newestUs === undefined || endUs > newestUs) newestUs = endUs;
      if (oldestUs === undefined || endUs < oldestUs) oldestUs = endUs;
      learn.probe(batch, row, source.peer.id, destination.end);
      routes[row] = routeOf(names, destination.end, batch, row);
      learn.longPoll(columns, row, routes[row] as number);
      const kind = flags[row] as number;
      // nobody made this request, and nobody waits for its answer
      if (kind & FLAG.mirrored) continue;
      const answer = status[row] as number;
      if (error[row] === BREAKER_OPEN) breakers.refused(destination.end, endUs);
      const series = book.find(
        book.edge(source.end, destination.end, port[row] as number, protocol[row] as number),
        routes[row] as number,
        method[row] as number,
        destination.version,
        outcome(answer, error[row] as number),
      );
      if (kind & FLAG.attempt) {
        live.countAttempt(series, endUs);
        continue;
      }
      live.count(series, endUs, columns, row);
      if (isTurn(protocol[row] as number)) continue; // the histograms are HTTP's
      const { histogram, bucket } = histograms.count(
        series,
        method[row] as number,
        answer,
        workload[row] !== 0,
        durationUs,
      );
      deps.exemplars.see(histogram.exemplars, bucket, columns, row);
    }
  };

  const retryParked = (isLast: (one: Parked) => boolean) => {
    const waiting = parked;
    parked = [];
    for (const one of waiting) {
      if (isLast(one) || sides.areKnown(one.batch)) take(one);
      else parked.push(one);
    }
  };

  return {
    spans(bytes) {
      const batch = decodeBatch(bytes);
      if (!batch) throw new MeshError("batch_malformed", `${bytes.length} bytes that are no batch of spans`);
      const hash = Bun.hash.wyhash(bytes).toString(16);
      const { agent, sequence } = batch.header;
      if (!deps.dedupe.isNew({ agent, sequence, hash })) return;
      deps.spool.batch(bytes);
      const one = { batch, hash };
      if (sides.areKnown(batch) || parked.length >= MOST_PARKED) return take(one);
      parked.push(one);
      clock.after(PATIENCE_MS, () => retryParked((other) => other === one));
    },
    sample(value) {
      const sample = checkSample(value);
      deps.spool.sample(sample);
      names.learn(sample);
      deps.routes.declare(sample.services);
      sides.forget();
      deps.levels.take(sample);
      // of all agents: while one takes over from another, neither knows every workload
      const { services, workloads } = deps.levels;
      const { atUs, project } = sample;
      const seen = { atUs, project, services: services(), workloads: workloads() };
      const compared = isEnding ? [] : watch.take(seen);
      const refused = breakers.take(clock.nowUs());
      for (const change of [...compared, ...refused, ...(sample.changes ?? [])]) deps.changes.add(change);
      losses.sampled(sample);
      retryParked(() => false);
      const nowUs = clock.nowUs();
      if (nowUs - sampleStoredUs < STORE_SAMPLE_EVERY_US) return;
      sampleStoredUs = nowUs;
      deps.sampled({ atUs: sample.atUs, project: sample.project, looked: lookedAt(sample) });
    },
    ending() {
      isEnding = true;
    },
    newestUs: () => newestUs,
    oldestUs: () => oldestUs,
    settle: () => retryParked(() => true),
  };
}

/** The id of a row's route. */
export function routeOf(names: Names, { namespace, name }: End, { columns, paths }: Batch, row: number): number {
  const exchange = {
    namespace,
    service: name,
    path: paths[row] as string,
    method: columns.method[row] as number,
    rule: columns.rule[row] as number,
    flags: columns.flags[row] as number,
  };
  return names.routeOf(exchange, isProof(columns.status[row] as number, columns.error[row] as number));
}

type Parked = { readonly batch: Batch; readonly hash: string };
