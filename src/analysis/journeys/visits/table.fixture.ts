// Tables of visits from a few lines, for tests.
import { BROWSERS, CONTENTS, MODES, STRENGTHS, VISIT_FIELD, VISIT_FLAG } from "../../../model/visit.ts";
import { VISIT_CHUNK_ROWS, type VisitChunk, type VisitTable } from "../../../model/visits.ts";

export type Row = {
  readonly atS: number;
  readonly who: number;
  /** "" for a part of a page */
  readonly route: string;
  readonly service?: string;
  readonly joins?: number;
  readonly strength?: (typeof STRENGTHS)[number];
  readonly browser?: (typeof BROWSERS)[number];
  readonly flags?: number;
  readonly isScript?: boolean;
  readonly status?: number;
  readonly latencyMs?: number;
  readonly version?: string;
  readonly culprit?: string;
  readonly from?: string;
};

export function visitTable(rows: readonly Row[]): VisitTable {
  const places = lists<{ namespace: string; service: string; route: string }>({
    namespace: "",
    service: "",
    route: "",
  });
  const servers = lists({ version: "", workload: "" });
  const culprits = lists("");
  const one = chunk(Math.max(VISIT_CHUNK_ROWS, rows.length));
  for (const { service = "web", ...row } of rows) {
    const at = one.rows++;
    one.timesMs[at] = row.atS * 1000;
    one.visitor0[at] = row.who;
    one.visitor1[at] = row.who * 7919;
    if (row.joins !== undefined) [one.joins0[at], one.joins1[at]] = [row.joins, row.joins * 7919];
    one.visits[at] =
      (STRENGTHS.indexOf(row.strength ?? "cookie") << VISIT_FIELD.strength[0]) |
      (MODES.indexOf(row.isScript ? "fetch" : "navigate") << VISIT_FIELD.mode[0]) |
      (CONTENTS.indexOf(row.isScript ? "api" : "page") << VISIT_FIELD.content[0]) |
      (BROWSERS.indexOf(row.browser ?? "firefox") << VISIT_FIELD.browser[0]) |
      (row.flags ?? VISIT_FLAG.cookies);
    one.places[at] = places.code({ namespace: "shop", service, route: row.route });
    one.statuses[at] = row.status ?? 200;
    one.latenciesMs[at] = row.latencyMs ?? 20;
    one.servers[at] = servers.code({ version: row.version ?? "1", workload: "web-1" });
    one.culprits[at] = culprits.code(row.culprit ?? "");
    one.froms[at] = row.from === undefined ? 0 : places.code({ namespace: "shop", service, route: row.from });
  }
  const texts = { places: places.values, servers: servers.values, culprits: culprits.values, items: [""] };
  const sinceMs = rows[0] && rows[0].atS * 1000;
  return { chunks: [one], texts, fromMs: 0, toMs: 1e12, revision: 1, forgotten: 0, sinceMs, shed: 0, optedOut: 0 };
}

export { VISIT_FLAG };

function lists<Value>(nothing: Value) {
  const values: Value[] = [nothing];
  return {
    values,
    code(value: Value): number {
      const key = JSON.stringify(value);
      const known = values.findIndex((one) => JSON.stringify(one) === key);
      return known >= 0 ? known : values.push(value) - 1;
    },
  };
}

function chunk(rows: number): VisitChunk {
  const words = () => new Uint32Array(rows);
  const shorts = () => new Uint16Array(rows);
  return {
    ...{ rows: 0, timesMs: new Float64Array(rows), visitor0: words(), visitor1: words() },
    ...{ joins0: words(), joins1: words() },
    ...{ visits: words(), places: shorts(), statuses: shorts(), latenciesMs: new Float32Array(rows) },
    ...{ servers: shorts(), culprits: shorts(), items: shorts(), froms: shorts(), tos: shorts() },
  };
}
