// What is known of a suspect before and since: what it was asked, what its workloads used, and what changed there.
import type { ChangeLine, Finding, Period } from "../../analysis/why/answer.ts";
import type { Asked } from "../../analysis/why/asked.ts";
import { BESIDE_US, FIRST_US } from "../../analysis/why/behind.ts";
import type { Evidence } from "../../analysis/why/classify.ts";
import { evidenceOf, type Material, nearOf } from "../../analysis/why/evidence.ts";
import type { Symptom } from "../../analysis/why/facts.ts";
import type { SeenExchange } from "../../model/figures.ts";
import type { Course } from "../../model/tally.ts";
import type { Window } from "../../observatory/query/figures.ts";
import { changeRow } from "../answer.ts";
import type { QuestionDeps } from "../question.ts";
import { ledgerFacts, requestsOf } from "../questions/ledger.ts";

const USUAL_LEAST_US = 90e6;
/** so much after an earlier trouble is enough to know what is usual from */
const CALM_LEAST_US = 30e6;

/** `left`: times of trouble that are no part of what is usual */
export type Seen = Window & Pick<Symptom, "metric"> & { readonly left?: readonly Period[] };
export type Periods = { readonly usual: Window; readonly now: Window };

/** What is known of a suspect before and since. */
export type Looked = { readonly material: Material; readonly evidence: Evidence };

export async function lookAt(
  deps: QuestionDeps,
  course: Course,
  finding: Finding,
  seen: Seen,
  asked?: Asked,
): Promise<Looked> {
  const material = await materialOf(deps, course, finding, seen, asked);
  return { material, evidence: evidenceOf(material) };
}

/** since it began, and as long before that, or as long as it takes to see a version before the one that did it */
export function periodsOf({ since }: Finding, { fromUs, toUs, left = [] }: Seen): Periods {
  const sinceUs = Date.parse(since) * 1000;
  const usualUs = Math.max(USUAL_LEAST_US, toUs - sinceUs);
  const endsUs = left.map(({ to }) => Date.parse(to) * 1000).filter((endUs) => endUs <= sinceUs - CALM_LEAST_US);
  return {
    usual: { fromUs: Math.max(fromUs, sinceUs - usualUs, ...endsUs), toUs: sinceUs },
    now: { fromUs: sinceUs, toUs },
  };
}

export async function materialOf(
  deps: QuestionDeps,
  { stepSeconds }: Course,
  finding: Finding,
  seen: Seen,
  asked?: Asked,
): Promise<Material> {
  const { subject, since } = finding;
  const periods = periodsOf(finding, seen);
  const { queries } = deps.observatory;
  const [{ before, during }, usual] = await Promise.all([
    ledgersOf(deps, subject.service, periods),
    queries.used(subject.service, { fromUs: seen.fromUs, toUs: periods.now.fromUs }),
  ]);
  const changes = queries.changes(seen, {}).rows.map(changeRow);
  const deployed = nearOf(changes, { since, stepSeconds, service: subject.service }).findLast(isDeployed);
  const beside = deployed && (await besideOf(deps, subject.service, Date.parse(deployed.time) * 1000));
  return {
    ...{ before, during, usual, asked },
    metric: seen.metric,
    since,
    changes,
    stepSeconds,
    ...(beside && { beside }),
  };
}

function isDeployed({ kind }: ChangeLine): boolean {
  return kind === "deployment";
}

/** Requests before and after the moment at which a version came: of each stretch the newest ones. */
async function besideOf(deps: QuestionDeps, service: string, atUs: number): Promise<readonly SeenExchange[]> {
  const times = [-BESIDE_US, 0, FIRST_US, BESIDE_US].map((us) => atUs + us);
  const found = await Promise.all(
    times.slice(1).map((toUs, at) => requestsOf(deps.observatory, service, { fromUs: times[at] as number, toUs })),
  );
  return found.flatMap(({ rows }) => rows);
}

async function ledgersOf({ observatory }: QuestionDeps, service: string, { usual, now }: Periods) {
  const [before, during] = await Promise.all([
    ledgerFacts(observatory, service, usual),
    ledgerFacts(observatory, service, now),
  ]);
  return { before: before.facts, during: during.facts };
}
