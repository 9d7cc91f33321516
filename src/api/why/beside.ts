// What is looked at beside the suspect: the host that all run on, the siblings of replicas, who has felt it; and where the time
// of a service goes that is as usual.
import type { Answer, Finding } from "../../analysis/why/answer.ts";
import { asUsual } from "../../analysis/why/as-usual.ts";
import { withEvidence } from "../../analysis/why/classify.ts";
import { hostTrouble, isPressed, servicesOn, withHost } from "../../analysis/why/host.ts";
import { impactOf } from "../../analysis/why/impact.ts";
import { pathsFrom, withUneven } from "../../analysis/why/siblings.ts";
import { unevenOf } from "../../analysis/why/uneven.ts";
import type { Use } from "../../analysis/why/use.ts";
import { HOST_SERVICE } from "../../model/looked.ts";
import type { Course } from "../../model/tally.ts";
import type { Window } from "../../observatory/query/figures.ts";
import type { QuestionDeps } from "../question.ts";
import { ledgerFacts, requestsOf } from "../questions/ledger.ts";
import { lookAt, periodsOf, type Seen } from "./look.ts";
import type { Some } from "./some.ts";

/** so many services, the nearest first, are asked how even their replicas are */
const MOST_UNEVEN = 4;
/** what is usual for visitors takes so long to know */
const USUAL_LEAST_US = 300e6;

/** Many services are slow at once when their host is short of something: then it is the fault of none of them. */
export async function besideHost({ observatory }: QuestionDeps, { services }: Course, seen: Seen, answer: Answer) {
  const [first] = answer.findings;
  if (!first || seen.metric !== "latency") return answer;
  const { usual, now } = periodsOf(first, seen);
  const takenBy = async (name: string): Promise<Use> => {
    const [before, during] = await Promise.all([usual, now].map((one) => observatory.queries.used(name, one)));
    return { name, before: before ?? [], during: during ?? [] };
  };
  const host = await takenBy(HOST_SERVICE);
  if (!isPressed(host)) return answer;
  const own = servicesOn(services, observatory.queries.workloads().rows).map(takenBy);
  const trouble = hostTrouble(host, await Promise.all(own));
  return trouble ? withHost(answer, trouble) : answer;
}

/** And who has felt it, beside as long a time before. */
export function besideVisitors({ observatory }: QuestionDeps, toUs: number, answer: Answer): Answer {
  const [first] = answer.findings;
  if (!first) return answer;
  const sinceUs = Date.parse(first.since) * 1000;
  const fromUs = sinceUs - Math.max(toUs - sinceUs, USUAL_LEAST_US);
  const impact = impactOf(observatory.visits(fromUs, toUs), sinceUs / 1000);
  return impact ? { ...answer, impact } : answer;
}

/** Of what is as slow as usual, where its time goes. */
export async function besideItself(
  { observatory }: QuestionDeps,
  { usualFromUs, fromUs, toUs }: Window & { readonly usualFromUs: number },
  answer: Answer,
  { service, ...asked }: Some & { readonly service: string },
): Promise<Answer> {
  const [before, now] = await Promise.all([
    ledgerFacts(observatory, service, { fromUs: usualFromUs, toUs: fromUs }),
    ledgerFacts(observatory, service, { fromUs, toUs }),
  ]);
  return asUsual(answer, { before: before.facts, now: now.facts }, asked);
}

/** One of several replicas of a service, or of one that it asks, which is ill by its siblings; with why that is. */
export async function besideSiblings(
  deps: QuestionDeps,
  course: Course,
  { fromUs, toUs, metric, usualFromUs }: Seen & { readonly usualFromUs: number },
  answer: Answer,
  target: string,
): Promise<Answer> {
  if (metric !== "latency") return answer;
  const { rows } = deps.observatory.queries.workloads();
  // of an old store nobody says how many there are
  const ofService = (service: string) => rows.filter((one) => one.service === service);
  const mayDiffer = (service: string) => rows.length === 0 || ofService(service).length > 1;
  const isThere = (workload: string) => rows.length === 0 || rows.some(({ id }) => id === workload);
  const paths = pathsFrom(course, target).filter((path) => mayDiffer(path.at(-1) as string));
  const found = await Promise.all(
    paths.slice(0, MOST_UNEVEN).map(async (path) => {
      const service = path.at(-1) as string;
      const [before, during] = await Promise.all([
        requestsOf(deps.observatory, service, { fromUs: usualFromUs, toUs: fromUs }),
        requestsOf(deps.observatory, service, { fromUs, toUs }),
      ]);
      const one = unevenOf(before.rows, during.rows, isThere);
      return one ? [{ one, path }] : [];
    }),
  );
  const [worst] = found.flat().sort((a, b) => b.one.time - a.one.time);
  if (!worst) return answer;
  const told = withUneven(answer, worst.one, worst.path);
  const seen = { fromUs: usualFromUs, toUs, metric };
  const { evidence } = await lookAt(deps, course, told.findings[0] as Finding, seen);
  return withEvidence(told, evidence);
}
