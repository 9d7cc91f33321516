// From a suspect on to whom its requests wait for. Figures of services share a callee's time among its callers alike; when only
// one kind of its calls is slow, as those that write, that accuses their caller, whose ledger knows better.
import type { LedgerFacts } from "../ledger/ledger.ts";
import type { Answer, Finding, LedgerChange } from "./answer.ts";
import { callsFor, isAmong } from "./asked.ts";
import { type Evidence, rowsOf } from "./classify.ts";
import { asFarAs } from "./confidence.ts";
import type { Material } from "./evidence.ts";
import { amount, percent } from "./words.ts";

/** Of what was added to the suspect's requests, time with its callees is so much. */
const MOST = 0.5;
/** calls for each request, as a factor: who asks more often has himself to blame */
const MORE = 1.3;
/** A callee that takes so many times as long holds its callers' connections, and requests wait unseen until one is free. */
const QUEUES = 5;

/** What of a ledger's parts is spent on the way to a callee, is so by name. */
const WAY = "to ";

/** Who is asked, how often for each request, before and since. */
export type Calls = ReadonlyMap<string, { readonly before: number; readonly during: number }>;
export type Wait = {
  readonly callee: string;
  readonly beforeMs: number;
  readonly duringMs: number;
  readonly share: number;
  /** that nothing explains but a queue before the callee */
  readonly queuedMs?: number;
};

export function callsOf({ before, during, asked }: Material): Calls {
  const perRequest = (facts: LedgerFacts) => {
    const requests = Math.max(1, facts.requests.filter(isAmong(asked)).length);
    const counted = Map.groupBy(callsFor(facts, asked), ({ destination }) => destination);
    return (callee: string) => (counted.get(callee)?.length ?? 0) / requests;
  };
  const [usual, now] = [perRequest(before), perRequest(during)];
  const callees = new Set(during.calls.map(({ destination }) => destination));
  return new Map([...callees].map((one) => [one, { before: usual(one), during: now(one) }]));
}

/** With whom the suspect's requests spend what was added; undefined: it is its own, or it asks more often. */
export function waitOf(evidence: Evidence, calls: Calls): Wait | undefined {
  const { added, waits } = callees(evidence, calls);
  const waited = sumOf(waits);
  const [most] = waits;
  if (!most?.of || waited < MOST * added) return undefined;
  return { ...waitFor(most), share: addedBy(most) / added };
}

/**
 * Before whom the suspect's requests may queue, as for a connection of its own pool: what was added is mostly unexplained, and
 * these take many times as long as usual. The slowest first. It is only a guess until one of them is seen to be in trouble.
 */
export function queuesOf(evidence: Evidence, calls: Calls): readonly Wait[] {
  const { rows, added, waits } = callees(evidence, calls);
  const unexplained = rows.find(({ part }) => part === "own: unexplained");
  if (!unexplained || addedBy(unexplained) < MOST * added) return [];
  const queuedMs = addedBy(unexplained);
  return waits
    .filter(({ beforeMs, duringMs }) => beforeMs > 0 && duringMs >= QUEUES * beforeMs)
    .toSorted((a, b) => b.duringMs / b.beforeMs - a.duringMs / a.beforeMs)
    .map((one) => ({ ...waitFor(one), queuedMs, share: (addedBy(one) + queuedMs) / added }));
}

/** What became more, and of that the time with callees that are not asked more often, and on the way to them. */
function callees(evidence: Evidence, calls: Calls) {
  const rows = rowsOf(evidence).filter((row) => addedBy(row) > 0);
  const waits = [...Map.groupBy(rows, calleeOf)].flatMap(([callee, its]) => {
    const { before, during } = calls.get(callee ?? "") ?? { before: 0, during: 0 };
    const isAskedAsOften = before > 0 && during < MORE * before;
    return callee !== undefined && isAskedAsOften ? [togetherOf(callee, its)] : [];
  });
  return { rows, added: sumOf(rows), waits: waits.toSorted((a, b) => addedBy(b) - addedBy(a)) };
}

/** undefined: time that was spent with nobody else */
function calleeOf({ part, of = "" }: LedgerChange): string | undefined {
  return part === "dependency" ? of : of.startsWith(WAY) ? of.slice(WAY.length) : undefined;
}

function togetherOf(callee: string, rows: readonly LedgerChange[]): LedgerChange {
  const sum = (of: (row: LedgerChange) => number) => rows.reduce((total, row) => total + of(row), 0);
  return {
    ...{ part: "dependency", of: callee },
    ...{ beforeMs: sum(({ beforeMs }) => beforeMs), duringMs: sum(({ duringMs }) => duringMs) },
  };
}

function waitFor({ of = "", beforeMs, duringMs }: LedgerChange): Omit<Wait, "share"> {
  return { callee: of, beforeMs, duringMs };
}

function addedBy({ beforeMs, duringMs }: LedgerChange): number {
  return duringMs - beforeMs;
}

function sumOf(rows: readonly LedgerChange[]): number {
  return rows.reduce((sum, row) => sum + addedBy(row), 0);
}

/** The same with whom it waits for as the first finding. */
export function descended(answer: Answer, { callee, beforeMs, duringMs, share, queuedMs }: Wait): Answer {
  const [first, ...rest] = answer.findings;
  if (!first) return answer;
  const { service } = first.subject;
  const more = amount((duringMs - beforeMs) / 1000, "latency");
  const queue = queuedMs ? `, and ${amount(queuedMs / 1000, "latency")} for their turn` : "";
  const found: Finding = {
    ...first,
    class: "service",
    subject: { service: callee },
    explained: Number((share * first.explained).toPrecision(4)),
    sentence: `${service} waits ${more} more for ${callee}${queue}, ${percent(share)} of what was added to its requests`,
    evidence: [
      {
        claim: `with ${callee}, for each request of ${service}`,
        metric: "ledger",
        baseline: beforeMs / 1000,
        observed: duringMs / 1000,
        unit: "s",
      },
    ],
    path: [...first.path, callee],
  };
  const others = [first, ...rest].filter(({ subject }) => subject.service !== callee);
  return {
    ...answer,
    ...asFarAs(found.explained, answer),
    verdict: `${answer.verdict}, which waits for ${callee}`,
    findings: [found, ...others].map((one, at) => ({ ...one, rank: at + 1 })),
  };
}
