// What is told of each event and of each visitor, as codes of short lists of texts.
import { BROWSERS, SITES, VISIT_FLAG, visitField } from "../../../model/visit.ts";
import type { VisitChunk, VisitTable } from "../../../model/visits.ts";
import { type Dictionary, dictionary } from "../dictionary.ts";

/** Of the event; what is technical has the most telling first. */
export const OF_EVENTS = ["status", "latency_ms", "upstream", "version", "workload", "item"] as const;
/** Of the visitor, by what he began with. */
export const OF_VISITORS = ["browser", "device", "arrival", "entry", "visitor"] as const;
export type AttributeName = (typeof OF_EVENTS)[number] | (typeof OF_VISITORS)[number];

/** What takes the place of the status: pages that sent the visitor round in a circle, a form that came back. */
export const LOOP = "redirect loop";
export const AGAIN = "the form again";

export type Coded = {
  readonly dictionaries: Readonly<Record<AttributeName, Dictionary>>;
  ofEvent(chunk: VisitChunk, row: number, name: (typeof OF_EVENTS)[number]): number;
  ofVisitor(visit: number, entry: string): Readonly<Record<(typeof OF_VISITORS)[number], number>>;
};

const CROSS = SITES.indexOf("cross");
const MOST_STATUS = 1_000;

export function coded({ texts }: Pick<VisitTable, "texts">): Coded {
  const dictionaries = Object.fromEntries(
    [...OF_EVENTS, ...OF_VISITORS].map((name) => [name, dictionary([""])]),
  ) as Coded["dictionaries"];
  const by = (name: AttributeName, values: readonly string[]) =>
    Uint16Array.from(values, (value) => dictionaries[name].code(value));
  const upstreams = by("upstream", texts.culprits);
  const versions = by(
    "version",
    texts.servers.map(({ version }) => version),
  );
  const workloads = by(
    "workload",
    texts.servers.map(({ workload }) => workload),
  );
  const items = by("item", texts.items);
  const statuses = new Uint16Array(MOST_STATUS);
  const status = (value: number) => {
    if (value === 0 || value >= MOST_STATUS) return 0;
    statuses[value] ||= dictionaries.status.code(String(value));
    return statuses[value] as number;
  };
  const latencies = new Map<number, number>();
  /** to three digits, of which there are some thousands */
  const latency = (value: number) => {
    const short = shortened(value);
    let code = latencies.get(short);
    if (code === undefined) {
      code = dictionaries.latency_ms.code(String(short));
      latencies.set(short, code);
    }
    return code;
  };

  return {
    dictionaries,
    ofEvent(chunk, row, name) {
      switch (name) {
        case "status":
          return status(chunk.statuses[row] as number);
        case "latency_ms":
          return latency(chunk.latenciesMs[row] as number);
        case "upstream":
          return upstreams[chunk.culprits[row] as number] as number;
        case "version":
          return versions[chunk.servers[row] as number] as number;
        case "workload":
          return workloads[chunk.servers[row] as number] as number;
        case "item":
          return items[chunk.items[row] as number] as number;
      }
    },
    ofVisitor(visit, entry) {
      const browser = BROWSERS[visitField(visit, "browser")] ?? "unknown";
      const isSent = visitField(visit, "site") === CROSS;
      return {
        browser: dictionaries.browser.code(browser),
        device: dictionaries.device.code(visit & VISIT_FLAG.mobile ? "mobile" : "desktop"),
        arrival: dictionaries.arrival.code(
          visit & VISIT_FLAG.campaign ? "campaign" : isSent ? "another site" : "by itself",
        ),
        entry: dictionaries.entry.code(entry),
        visitor: dictionaries.visitor.code(visit & VISIT_FLAG.isNew ? "new" : "returning"),
      };
    },
  };
}

function shortened(ms: number): number {
  if (ms < 1_000) return ms < 100 ? Math.round(ms * 10) / 10 : Math.round(ms);
  return Math.round(ms / 10) * 10;
}
