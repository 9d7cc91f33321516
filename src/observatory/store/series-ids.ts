// The store numbers series by itself, so that a row of rollups is narrow and a question about one service finds its rows by
// numbers. This maps its ids to the series of the process and back.
import { type Series, type SeriesName, seriesOf } from "../live/series.ts";
import { isOf, type SeriesOf } from "../query/series-of.ts";

export type StoredSeries = SeriesName & { readonly id: number };

export type SeriesIds = {
  /** a new one is `missing` until it is `stored` */
  idOf(series: Series): number;
  missing(): readonly StoredSeries[];
  /** these have been committed */
  stored(series: readonly StoredSeries[]): void;
  seriesOf(id: number): Series;
  /** ids of those that belong to it */
  matching(of: SeriesOf): number[];
};

export function seriesIds(known: readonly StoredSeries[]): SeriesIds {
  const byId = new Map<number, Series>();
  const byName = new Map<string, number>();
  // the process may forget a series and make it anew
  const bySeries = new WeakMap<Series, number>();
  let next = 1;
  let uncommitted: StoredSeries[] = [];

  const note = ({ id, ...name }: StoredSeries) => {
    byId.set(id, seriesOf(name));
    byName.set(textOf(name), id);
    next = Math.max(next, id + 1);
  };
  for (const one of known) note(one);

  return {
    idOf(series) {
      let id = bySeries.get(series) ?? byName.get(textOf(series));
      if (id === undefined) {
        const { isSuccess: _, isFault: __, isOurs: ___, histograms: ____, lastS: _____, ...name } = series;
        const one = { id: next, ...name };
        id = next;
        note(one);
        uncommitted.push(one);
      }
      bySeries.set(series, id);
      return id;
    },
    missing: () => [...uncommitted],
    stored(series) {
      uncommitted = uncommitted.filter((one) => !series.includes(one));
    },
    seriesOf: (id) => byId.get(id) ?? UNKNOWN,
    matching: (of) => [...byId].filter(([, series]) => isOf(of, series)).map(([id]) => id),
  };
}

const UNKNOWN = seriesOf({
  source: "other",
  sourceNamespace: "",
  destination: "other",
  destinationNamespace: "",
  port: 0,
  protocol: "tcp",
  route: "",
  method: "",
  version: "",
  statusClass: 0,
  error: "",
});

function textOf(name: SeriesName): string {
  return JSON.stringify([
    name.source,
    name.sourceNamespace,
    name.destination,
    name.destinationNamespace,
    name.port,
    name.protocol,
    name.route,
    name.method,
    name.version,
    name.statusClass,
    name.error,
  ]);
}
