// The questions the observatory answers. CLI, API and web page ask the same ones.
import type { Change } from "../../model/change.ts";
import type { EdgeFigures, RouteFigures, ServiceFigures, StepFigures, WorkloadHistory } from "../../model/figures.ts";
import type { CountedStep, Objective } from "../../model/objective.ts";
import { type Course, type Flow, type Pace, signals } from "../../model/tally.ts";
import type { ProcessSample, WorkloadSample } from "../../model/telemetry.ts";
import type { ChangeFilter, Changes } from "../changes/changes.ts";
import type { Arrival } from "../ingest/arrival.ts";
import type { History } from "../live/history.ts";
import type { Names } from "../names.ts";
import type { RouteNames } from "../routes/book.ts";
import type { FoundExchanges, Store } from "../store/store.ts";
import type { TapFilter } from "./condition.ts";
import { type CountedStretch, counted } from "./counted.ts";
import { type CourseOf, course } from "./course.ts";
import { type CoverageDeps, coverage, notBefore } from "./coverage.ts";
import type { Exchange } from "./exchange.ts";
import { type Asked, type FiguresDeps, figures, type Window } from "./figures.ts";
import { flowsOf, servicesOf } from "./flows.ts";
import type { Found } from "./found.ts";
import { isNamed } from "./named.ts";
import { paces } from "./pace.ts";
import { type Recent, scanArrivals } from "./recent.ts";
import { resources } from "./resources.ts";
import { type RoutesOf, routesOf } from "./routes.ts";
import { series } from "./series.ts";
import type { SeriesOf } from "./series-of.ts";
import { type Examples, exampleTraces, type FoundTrace, type FoundTraces, traceById } from "./traces.ts";
import { type Used, used } from "./used.ts";

export type FoundSteps<Row> = Found<Row> & { readonly stepSeconds: number };

/** Everything that is known of the mesh in a window, of one moment. */
export type MeshView = Found<Flow> & {
  /** flows of probes and scrapes, which are not among the rows */
  readonly leftOut: readonly Flow[];
  /** "" before an agent has reported */
  readonly project: string;
  readonly services: readonly ServiceFigures[];
  readonly workloads: readonly WorkloadSample[];
  /** µs since the epoch at which an agent reported last */
  readonly reportedUs?: number;
};

export type Queries = {
  /** every service of the mesh and every one that was called: traffic to it as its callers saw it */
  services(asked: Asked, service?: string): Promise<Found<ServiceFigures>>;
  /** what pairs exchanged, with all that is known beside it: the map and the health are made of it */
  mesh(asked: Asked): Promise<MeshView>;
  /** how fast it went in the last minute before `toUs`, and in the half hour before that */
  pace(toUs: number): Promise<Pace>;
  /** what was asked of a service, by route */
  routes(of: RoutesOf, asked: Asked): Promise<Found<RouteFigures>>;
  series(of: SeriesOf, asked: Window, stepS?: number): Promise<FoundSteps<StepFigures>>;
  resources(service: string, asked: Window, stepS?: number): Promise<FoundSteps<WorkloadHistory>>;
  /** all services over time, for those who look for causes; or only some of what is asked */
  course(asked: Window, of?: CourseOf): Promise<Course>;
  /** what objectives count, step by step */
  counted(
    objectives: readonly Objective[],
    stretch: CountedStretch,
  ): Promise<ReadonlyMap<Objective, readonly CountedStep[]>>;
  /** seconds since the epoch: from here on figures are in memory */
  memoryFromS(): number;
  /** µs since the epoch: before this there are no figures */
  beganUs(): number;
  /** what its workloads used and waited for */
  used(service: string, window: Window): Promise<Used[]>;
  /** the newest exchanges that meet the filter, oldest first */
  tap(filter: TapFilter, limit: number): Promise<Found<Exchange>>;
  /** @throws MeshError question_invalid, trace_unknown */
  trace(id: string): Promise<FoundTrace>;
  traces(of: Examples): Promise<FoundTraces>;
  follow(filter: TapFilter, take: (exchange: Exchange) => void): () => void;
  /** what a follower was shown since `fromUs`, as an answer */
  followed(fromUs: number, rows: readonly Exchange[], skipped: number): Found<Exchange>;
  /** oldest first */
  changes(window: Window, filter: ChangeFilter): Found<Change>;
  workloads(): Found<WorkloadSample>;
  processes(): Found<ProcessSample>;
  /** an agent has reported */
  hasAgent(): boolean;
};

export type QueryDeps = FiguresDeps &
  CoverageDeps & {
    readonly store: Pick<Store, "rollups" | "series" | "counts" | "grainAt" | "readings" | "exchanges" | "trouble">;
    readonly history: History;
    readonly changes: Pick<Changes, "within">;
    readonly recent: Recent;
    /** those that wait to be stitched before they are stored, oldest first */
    readonly held: () => readonly Arrival[];
    readonly names: Names;
    readonly routes: RouteNames;
    readonly newestUs: () => number | undefined;
  };

export function queries(deps: QueryDeps): Queries {
  const { clock, levels, recent, names, store } = deps;

  /** The newest of what is shown, but not beyond the window. */
  const asOfUs = (window: Window): number => {
    const newest = Math.max(deps.newestUs() ?? 0, levels.atUs() ?? 0);
    return newest === 0 ? window.toUs : Math.min(newest, window.toUs);
  };
  const found = <Row>(
    window: Window,
    rows: readonly Row[],
    counted: number,
    of: "figures" | "details",
  ): Found<Row> => ({
    asOfUs: asOfUs(window),
    window,
    coverage: coverage(deps, window, counted, of),
    rows,
  });
  const now = (): Window => ({ fromUs: clock.nowUs(), toUs: clock.nowUs() });

  const mesh = async (asked: Asked): Promise<MeshView> => {
    const { cells, leftOut, window } = await figures(deps, asked, clock.nowUs());
    const flows = flowsOf(cells);
    const workloads = levels.workloads();
    const counted = flows.reduce((sum, { all }) => sum + all.requests, 0);
    const reportedUs = levels.atUs();
    return {
      ...found(window, flows, counted, "figures"),
      leftOut: flowsOf(leftOut),
      project: levels.project(),
      services: servicesOf(flows, { services: levels.services(), workloads }, secondsOf(window)),
      workloads,
      ...(reportedUs !== undefined && { reportedUs }),
    };
  };

  const tap = async (filter: TapFilter, limit: number): Promise<Found<Exchange>> => {
    const inMemory = scanArrivals(recent.arrivals(), filter, limit, names);
    const newest: FoundExchanges =
      inMemory.length >= limit
        ? { rows: inMemory }
        : await store.exchanges(filter, (waiting) => {
            const all = union(recent.arrivals(), [...waiting, ...deps.held()]);
            const scanned = scanArrivals(all, filter, limit, names);
            const before = all[0]?.ordinal ?? Number.MAX_SAFE_INTEGER;
            return { found: scanned, before, limit: limit - scanned.length };
          });
    const rows = newest.rows.toReversed();
    const toUs = filter.toUs ?? clock.nowUs();
    const fromUs = Math.max(newest.cameFromUs ?? 0, filter.fromUs ?? 0) || Math.min(rows[0]?.startUs ?? toUs, toUs);
    const answer = found({ fromUs, toUs }, rows, rows.length, "details");
    return newest.cameFromUs === undefined ? answer : { ...answer, coverage: notBefore(answer, newest.cameFromUs) };
  };

  return {
    mesh,
    pace: paces(deps),
    async services(asked, service) {
      const { services, leftOut, asOfUs, window, coverage } = await mesh(asked);
      const rows = services.filter((row) => isNamed(service, row.service, row.namespace));
      const probes = leftOut.filter((flow) => isNamed(service, flow.destination, flow.destinationNamespace));
      return { asOfUs, window, coverage, ...probesIn(probes), rows };
    },

    async routes(of, asked) {
      const { cells, leftOut, window } = await figures(deps, asked, clock.nowUs());
      const rows = routesOf(cells, deps.routes, of, secondsOf(window));
      const counted = rows.reduce((sum, { requests }) => sum + requests, 0);
      const probes = routesOf(leftOut, deps.routes, of, secondsOf(window));
      return { ...found(window, rows, counted, "figures"), ...requestsLeftOut(probes) };
    },

    async series(of, asked, stepS) {
      const { rows, window, stepSeconds, counted } = await series(deps, of, asked, clock.nowUs(), stepS);
      return { ...found(window, rows, counted, "figures"), stepSeconds };
    },

    async resources(service, asked, stepS) {
      const { rows, stepSeconds } = await resources(deps, service.slice(service.indexOf("/") + 1), asked, stepS);
      return { ...found(asked, rows, 0, "figures"), stepSeconds };
    },

    course: (asked, of) => course(deps, asked, clock.nowUs(), of),
    counted: (objectives, stretch) => counted(deps, objectives, stretch),
    memoryFromS: deps.live.periodsFrom,
    beganUs: deps.beganUs,
    used: (service, window) => used(deps, service.slice(service.indexOf("/") + 1), window),
    tap,
    trace: (id) => traceById(tap, id),
    traces: (of) => exampleTraces(tap, of),
    follow: recent.follow,
    followed(fromUs, rows, skipped) {
      const window = { fromUs, toUs: clock.nowUs() };
      return found(window, rows, rows.length + skipped, "details");
    },
    changes: (window, filter) => found(window, deps.changes.within(window.fromUs, window.toUs, filter), 0, "figures"),
    workloads: () => found(now(), levels.workloads(), 0, "figures"),
    processes: () => found(now(), levels.processes(), 0, "figures"),
    hasAgent: () => levels.atUs() !== undefined,
  };
}

/** What an answer says of the flows that it leaves out. */
export function probesIn(leftOut: readonly Flow[]): Pick<Found<unknown>, "probes"> {
  return requestsLeftOut(leftOut.map(({ all }) => all));
}

function requestsLeftOut(rows: readonly { readonly requests: number }[]): Pick<Found<unknown>, "probes"> {
  const probes = rows.reduce((sum, { requests }) => sum + requests, 0);
  return probes === 0 ? {} : { probes };
}

/** Its signals, over the window it was counted in. */
export function edgeOf({ all, ...pair }: Flow, window: Window): EdgeFigures {
  return { ...pair, ...signals(all, secondsOf(window)) };
}

function secondsOf(window: Window): number {
  return (window.toUs - window.fromUs) / 1e6;
}

/** Both are the newest, oldest first; the longer one holds the other. */
function union(a: readonly Arrival[], b: readonly Arrival[]): readonly Arrival[] {
  const [oldestOfA, oldestOfB] = [a[0], b[0]];
  return !oldestOfB || (oldestOfA && oldestOfA.ordinal <= oldestOfB.ordinal) ? a : b;
}
