// From a suspect on to whom its requests wait for. Figures of services share a callee's time among its callers alike; when only
// one kind of its calls is slow, as those that write, that accuses their caller, whose ledger knows better.
import type { Answer, Finding } from "./answer.ts";
import { type Evidence, rowsOf } from "./classify.ts";
import { amount, percent } from "./words.ts";

/** Of what was added to the suspect's requests, time with its callees is so much. */
const MOST = 0.5;
/** calls for each request, as a factor: who asks more often has himself to blame */
const MORE = 1.3;

/** Who is asked, how often for each request, before and since. */
export type Calls = ReadonlyMap<string, { readonly before: number; readonly during: number }>;
export type Wait = {
  readonly callee: string;
  readonly beforeMs: number;
  readonly duringMs: number;
  readonly share: number;
};

/** With whom the suspect's requests spend what was added; undefined: it is its own, or it asks more often. */
export function waitOf(evidence: Evidence, calls: Calls): Wait | undefined {
  const rows = rowsOf(evidence).filter(({ beforeMs, duringMs }) => duringMs > beforeMs);
  const added = rows.reduce((sum, { beforeMs, duringMs }) => sum + duringMs - beforeMs, 0);
  const waits = rows.filter(({ part, of = "" }) => {
    const { before, during } = calls.get(of) ?? { before: 0, during: 0 };
    return part === "dependency" && before > 0 && during < MORE * before;
  });
  const waited = waits.reduce((sum, { beforeMs, duringMs }) => sum + duringMs - beforeMs, 0);
  const [most] = waits;
  if (!most?.of || waited < MOST * added) return undefined;
  return {
    callee: most.of,
    beforeMs: most.beforeMs,
    duringMs: most.duringMs,
    share: (most.duringMs - most.beforeMs) / added,
  };
}

/** The same with whom it waits for as the first finding. */
export function descended(answer: Answer, { callee, beforeMs, duringMs, share }: Wait): Answer {
  const [first, ...rest] = answer.findings;
  if (!first) return answer;
  const { service } = first.subject;
  const found: Finding = {
    ...first,
    class: "service",
    subject: { service: callee },
    explained: Number((share * first.explained).toPrecision(4)),
    sentence: `${service} waits ${amount((duringMs - beforeMs) / 1000, "latency")} more for ${callee}, ${percent(share)} of what was added to its requests`,
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
    verdict: `${answer.verdict}, which waits for ${callee}`,
    findings: [found, ...others].map((one, at) => ({ ...one, rank: at + 1 })),
  };
}
