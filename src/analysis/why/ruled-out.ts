// What a suspect's trouble is not, by its ledger and by what changed: kinds of trouble that would have shown, and did not.
import type { LedgerDocument, Part } from "../ledger/types.ts";
import type { Answer, ChangeLine, Class, LedgerChange } from "./answer.ts";
import { amount } from "./words.ts";

type RuledOut = Answer["ruledOut"][number];

/** less of what was added than this is none of its causes */
const NONE = 0.1;
const SEEN_MS = 0.01;

type Kind = {
  readonly class: Class;
  readonly parts: readonly Part[];
  /** what of it a host may not tell, by a word of the signal */
  readonly signal?: RegExp;
};

const KINDS: readonly Kind[] = [
  { class: "compute", parts: ["own work: on CPU", "own: waiting for a CPU"], signal: /CPU|throttling/ },
  { class: "storage", parts: ["own: storage"], signal: /stall of storage/ },
  { class: "memory", parts: ["own: memory stall"], signal: /memory/ },
  { class: "network", parts: ["network", "connecting", "TLS"] },
  { class: "dependency", parts: ["dependency", "retries"] },
  { class: "saturation", parts: ["waiting for a connection"] },
  { class: "mesh", parts: ["proxy"] },
];

type Seen = {
  readonly rows: readonly LedgerChange[];
  readonly during: LedgerDocument;
  /** of the suspect, shortly before it began */
  readonly changes: readonly ChangeLine[];
};

/** @param kind what it is; what comes with several of them, as a load, is left to that */
export function ruledOutBeside(kind: Class, service: string, { rows, during, changes }: Seen): RuledOut[] {
  const added = rows.reduce((sum, { beforeMs, duringMs }) => sum + Math.max(0, duringMs - beforeMs), 0);
  const isUnseen = ({ signal }: Kind) => signal !== undefined && during.missing.some((one) => signal.test(one.signal));
  const byLedger = KINDS.filter((one) => added > 0 && one.class !== kind && !isUnseen(one)).flatMap(
    (one): RuledOut[] => {
      const its = rows.filter(({ part }) => one.parts.includes(part));
      const [before, now] = [sumOf(its, "beforeMs"), sumOf(its, "duringMs")];
      if (now - before > NONE * added) return [];
      return [{ class: one.class, because: says(service, before, now) }];
    },
  );
  const none = (what: string, of: ChangeLine["kind"]) =>
    changes.some((one) => one.kind === of) ? [] : [`no ${what} in the two minutes before`];
  return [
    ...byLedger,
    ...none(`version of ${service} came`, "deployment").map((because) => ({ class: "deployment", because })),
    ...none(`rule that names ${service} changed`, "configuration").map((because) => ({
      class: "configuration",
      because,
    })),
  ].filter((one) => one.class !== kind);
}

function says(service: string, beforeMs: number, nowMs: number): string {
  if (Math.max(beforeMs, nowMs) < SEEN_MS) return `no request of ${service} spends time on it`;
  const [was, is] = [beforeMs, nowMs].map((ms) => (ms < SEEN_MS ? "nothing" : amount(ms / 1000, "latency")));
  return `of a request of ${service} it was ${was}, and is ${is}`;
}

function sumOf(rows: readonly LedgerChange[], which: "beforeMs" | "duringMs"): number {
  return rows.reduce((sum, row) => sum + row[which], 0);
}
