// The strongest cause of a loss, as a question about the service that it is met at.
import type { HandOver } from "../analysis/journeys/visits/answers.ts";
import type { LossAnswer, LossFinding } from "../analysis/journeys/why/types.ts";
import type { State } from "../analysis/why/answer.ts";
import { MeshError } from "../base/errors/index.ts";
import type { VisitTable } from "../model/visits.ts";
import type { Window } from "../observatory/query/figures.ts";
import type { QuestionDeps } from "./question.ts";
import { METRICS, whyOf } from "./why/why-of.ts";

const MINUTE_US = 60e6;
/** `402 at pay`, `slow at pay`: which call under a request failed, or took most of its time */
const CULPRIT = /^(\d{3}|slow|error|no answer) at (\S+)$/;

export async function handOver(
  deps: QuestionDeps,
  { texts, sinceMs }: VisitTable,
  { findings: [first] }: LossAnswer,
  window: Window,
): Promise<HandOver | null> {
  if (!first) return null;
  const [, how = "", met] = CULPRIT.exec(first.where ?? "") ?? CULPRIT.exec(first.what) ?? [];
  const place = met === undefined && texts.places.find(({ route }) => route !== "" && first.event.startsWith(route));
  const { service, route } = place || { service: met, route: undefined };
  if (service === undefined) return null;

  const beganUs = Math.max(window.fromUs, (sinceMs ?? 0) * 1000);
  const sinceUs = first.since === null ? beganUs : Math.max(beganUs, Date.parse(first.since) * 1000);
  const asked = { fromUs: Math.min(sinceUs, window.toUs - MINUTE_US), toUs: window.toUs };
  const since = `--since ${Math.max(1, Math.ceil((asked.toUs - asked.fromUs) / MINUTE_US))}m`;
  const refusal = refusalOf(first, how);
  if (refusal !== undefined) {
    const verdict = `${service} answers ${refusal} by intention; the reason is in bodies, which are never read`;
    const command = `meshwise tap --destination ${service} --status ${refusal} ${since}`;
    return { service, command, verdict, cause: service };
  }
  const isSlow = first.class === "slowness" || how === "slow";
  const tell = async (metric: "latency" | "errors") => {
    const { verdict, state, findings } = await whyOf(deps, { service, route, metric: METRICS[metric], window: asked });
    const what = route === undefined ? service : `${service} '${route}'`;
    const command = `meshwise why ${what} --metric ${metric} ${since}`;
    return { told: { service, command, verdict, cause: findings[0]?.subject.service ?? null }, state };
  };
  try {
    const { told, state } = await tell(isSlow ? "latency" : "errors");
    if (!isWell(state)) return told;
    // a few failures among many requests stand out less than what they waited for
    const other = await tell(isSlow ? "errors" : "latency");
    return isWell(other.state) ? null : other.told;
  } catch (thrown) {
    if (!(thrown instanceof MeshError)) throw thrown;
    return null; // nobody called it, as far as figures go back
  }
}

function isWell(state: State): boolean {
  return state === "nothing-wrong" || state === "as-usual";
}

/** An answer of 4xx is no failure of the service that gives it; undefined: it is none. */
function refusalOf({ what }: LossFinding, how: string): string | undefined {
  const status = /^4\d\d$/.test(how) ? how : /^status (4\d\d)$/.exec(what)?.[1];
  return status === "499" ? undefined : status;
}
