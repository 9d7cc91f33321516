// The sentences of an answer.
import type { Answer, Finding, Period, State } from "./answer.ts";
import type { Symptom } from "./facts.ts";
import type { Sickness } from "./symptom.ts";

export const SERIES_ONLY = "services, edges and series only: no spans, no ledger";

export const ASSUMPTIONS: Answer["assumptions"] = [
  SERIES_ONLY,
  "a callee's time is shared among its callers as their requests are",
  "a caller waits for all of a callee's time, unless the baseline shows otherwise",
  "what a caller adds while a callee of it stands out more is that callee's",
];

/** Of some of a service's requests. */
export const SOME_ASSUMPTIONS: Answer["assumptions"] = [
  "only figures of these requests, and calls that are known to be made for them, as far as stitching tells",
];

export function leftOut({ from, to }: Period): string {
  return `what was from ${from} to ${to} was trouble and is over: it is left out of what is usual`;
}

const PROBLEM = { latency: "slow", availability: "failing" } as const;

export function questionOf(service: string, { metric }: Symptom): string {
  return `why is ${service} ${PROBLEM[metric]}`;
}

/** 0.0123 s as `12.3 ms`, 0.0123 of all requests as `1.23 % failures` */
export function amount(value: number, metric: Symptom["metric"]): string {
  if (metric === "availability") return `${Number((100 * value).toPrecision(3))} % failures`;
  return Math.abs(value) < 1 ? `${Number((1000 * value).toPrecision(3))} ms` : `${Number(value.toPrecision(3))} s`;
}

export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}

/** between what is wrong and who does it */
const BLAMES = "; ";

export function verdictOf(
  service: string,
  { metric, statistic, called }: Symptom,
  { sick, finding, state }: { sick: Sickness; finding: Finding | undefined; state: State },
): string {
  const what = metric === "latency" ? `${service} ${statistic} latency` : service;
  const rose = `${what} went from ${amount(sick.usual, metric)} to ${amount(sick.observed, metric)}`;
  if (!finding) return `${rose}${BLAMES}no service it calls explains it`;
  if (called !== undefined) return `${rose}${BLAMES}that is made in ${finding.subject.service}`;
  const share = `${Math.round(100 * finding.explained)} %`;
  if (state === "unexplained") {
    return `${rose}${BLAMES}nothing stands out enough to blame, ${finding.subject.service} the most (${share})`;
  }
  return `${rose}${BLAMES}${share} of what was added is made in ${finding.subject.service}`;
}

/** What a verdict says of the target, before whom it blames. */
export function symptomIn(verdict: string): string {
  return verdict.split(BLAMES, 1)[0] as string;
}

export function iso(seconds: number | undefined): string {
  return new Date(1000 * (seconds ?? 0)).toISOString();
}

/** Of a mesh in which nobody has called anybody. */
export function nothingSeen({ fromUs, toUs }: { readonly fromUs: number; readonly toUs: number }): Answer {
  const window = { from: iso(fromUs / 1e6), to: iso(toUs / 1e6) };
  return {
    ...{ schema: "meshwise.dev/answer/v1", asOf: window.to, question: "what is wrong", window, baseline: window },
    ...{ verdict: "no request was seen in this time", state: "not-enough-data", confidence: "low" },
    ...{ findings: [], ruledOut: [], coverage: { missing: [] }, assumptions: [] },
    next: [{ say: "send a request to a published port, or look at what runs", command: "meshwise ps" }],
  };
}

/** Of a mesh that runs, samples come by themselves. */
export function learning(answer: Answer): Answer {
  if (answer.state !== "not-enough-data") return answer;
  const next = [{ say: "ask again in a minute or two; this is what goes on now", command: "meshwise stat" }];
  return { ...answer, verdict: `learning what is usual: ${answer.verdict}`, next };
}
