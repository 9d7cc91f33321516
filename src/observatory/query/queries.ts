// The questions the observatory answers. CLI, API and web page ask the same ones.
import type { Coverage, EdgeFigures, ServiceFigures, Signals } from "../../model/figures.ts";
import type { ProcessSample, WorkloadSample } from "../../model/telemetry.ts";
import { isReady, isWanted } from "../live/levels.ts";
import type { Names } from "../names.ts";
import type { Store } from "../store/store.ts";
import type { TapFilter } from "./condition.ts";
import { type CoverageDeps, coverage } from "./coverage.ts";
import type { Exchange } from "./exchange.ts";
import { type FiguresDeps, figures, type Window } from "./figures.ts";
import { type Recent, scanArrivals } from "./recent.ts";
import { signals, type Tally, tally, tallyCell } from "./signals.ts";

export type Found<Row> = {
  /** end of the newest data in it, µs since the epoch */
  readonly asOfUs: number;
  readonly window: Window;
  readonly coverage: Coverage;
  readonly rows: readonly Row[];
};

export type Queries = {
  /** every service of the mesh and every one that was called: traffic to it as its callers saw it */
  services(asked: Window, service?: string): Promise<Found<ServiceFigures>>;
  edges(asked: Window, service?: string): Promise<Found<EdgeFigures>>;
  /** the newest exchanges that meet the filter, oldest first */
  tap(filter: TapFilter, limit: number): Promise<Found<Exchange>>;
  follow(filter: TapFilter, take: (exchange: Exchange) => void): () => void;
  workloads(): Found<WorkloadSample>;
  processes(): Found<ProcessSample>;
  /** an agent has reported */
  hasAgent(): boolean;
};

export type QueryDeps = FiguresDeps &
  CoverageDeps & {
    readonly store: Pick<Store, "rollups" | "exchanges" | "trouble">;
    readonly recent: Recent;
    readonly names: Names;
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

  return {
    async services(asked, service) {
      const { cells, window } = await figures(deps, asked, clock.nowUs());
      const rows = new Map<string, ServiceRow>();
      const rowOf = (name: string, namespace: string) =>
        upsert(rows, `${namespace}/${name}`, () => ({ service: name, namespace, protocols: new Set(), all: tally() }));

      for (const { name, namespace } of levels.services()) rowOf(name, namespace);
      let counted = 0;
      for (const [series, cell] of cells) {
        counted += cell.requests;
        // the outside is nobody's service
        if (series.destinationNamespace === "") continue;
        const row = rowOf(series.destination, series.destinationNamespace);
        row.protocols.add(series.protocol);
        tallyCell(row.all, series, cell);
      }
      const wanted = [...rows.values()].filter((row) => service === undefined || row.service === service);
      const workloads = levels.workloads();
      return found(
        window,
        wanted.map((row) => serviceFigures(row, workloads, window)).sort(byService),
        counted,
        "figures",
      );
    },

    async edges(asked, service) {
      const { cells, window } = await figures(deps, asked, clock.nowUs());
      const rows = new Map<string, EdgeRow>();
      let counted = 0;
      for (const [series, cell] of cells) {
        counted += cell.requests;
        const { source, destination, port, protocol } = series;
        if (service !== undefined && source !== service && destination !== service) continue;
        const row = upsert(rows, [source, destination, port, protocol].join("\n"), () => ({
          edge: { source, destination, port, protocol },
          all: tally(),
        }));
        tallyCell(row.all, series, cell);
      }
      const edges = [...rows.values()].map(({ edge, all }) => ({ ...edge, ...signals(all, secondsOf(window)) }));
      return found(window, edges.sort(byEdge), counted, "figures");
    },

    async tap(filter, limit) {
      const inMemory = scanArrivals(recent.arrivals(), filter, limit, names);
      const newest =
        inMemory.length >= limit
          ? inMemory
          : await store.exchanges(filter, (waiting) => {
              const all = union(recent.arrivals(), waiting);
              const scanned = scanArrivals(all, filter, limit, names);
              const before = all[0]?.ordinal ?? Number.MAX_SAFE_INTEGER;
              return { found: scanned, before, limit: limit - scanned.length };
            });
      const rows = [...newest].reverse();
      const toUs = filter.toUs ?? clock.nowUs();
      const window = { fromUs: filter.fromUs ?? Math.min(rows[0]?.startUs ?? toUs, toUs), toUs };
      return found(window, rows, rows.length, "details");
    },

    follow: recent.follow,
    workloads: () => found(now(), levels.workloads(), 0, "figures"),
    processes: () => found(now(), levels.processes(), 0, "figures"),
    hasAgent: () => levels.atUs() !== undefined,
  };
}

type ServiceRow = {
  readonly service: string;
  readonly namespace: string;
  readonly protocols: Set<string>;
  readonly all: Tally;
};

type EdgeRow = { readonly edge: Omit<EdgeFigures, keyof Signals>; readonly all: Tally };

function serviceFigures(row: ServiceRow, workloads: readonly WorkloadSample[], window: Window): ServiceFigures {
  const own = workloads.filter((one) => one.service === row.service);
  return {
    service: row.service,
    namespace: row.namespace,
    meshed: { ready: own.filter(isReady).length, total: own.filter(isWanted).length },
    protocols: [...row.protocols].sort(),
    connections: own.reduce((sum, one) => sum + one.connections, 0),
    ...signals(row.all, secondsOf(window)),
  };
}

function secondsOf(window: Window): number {
  return (window.toUs - window.fromUs) / 1e6;
}

function upsert<Row>(rows: Map<string, Row>, name: string, fresh: () => Row): Row {
  let row = rows.get(name);
  if (!row) {
    row = fresh();
    rows.set(name, row);
  }
  return row;
}

function byService(a: ServiceFigures, b: ServiceFigures): number {
  return a.namespace.localeCompare(b.namespace) || a.service.localeCompare(b.service);
}

function byEdge(a: EdgeFigures, b: EdgeFigures): number {
  return a.source.localeCompare(b.source) || a.destination.localeCompare(b.destination) || a.port - b.port;
}

/** Both are the newest, oldest first; the longer one holds the other. */
function union<T>(a: readonly T[], b: readonly T[]): readonly T[] {
  const oldestOfB = b[0];
  return oldestOfB === undefined || a.includes(oldestOfB) ? a : b;
}
