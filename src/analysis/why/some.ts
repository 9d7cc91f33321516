// Why some of a service's requests are slow or fail: those of a route, those of one caller, or both. Figures of services know
// nothing of them, so their own calls and ledgers tell who is to blame, and how sure that is.
import type { Course } from "../../model/tally.ts";
import type { LedgerDocument } from "../ledger/types.ts";
import type { Answer, State } from "./answer.ts";
import type { Asked } from "./asked.ts";
import { leastSure } from "./confidence.ts";

/** `GET /cart/{id} of cart for web` */
export function calledOf(service: string, { route, source }: Asked): string {
  const what = route === undefined ? service : `${route} of ${service}`;
  if (source === undefined) return what;
  return `${what} for ${source === "outside" ? "callers from outside" : source}`;
}

/** The same course, in which the service is asked nothing else. */
export function withSome(whole: Course, { services: [own], calls }: Course): Course {
  if (!own) return whole;
  const isOwn = ({ name, namespace }: Course["services"][number]) => name === own.name && namespace === own.namespace;
  return {
    ...whole,
    services: whole.services.map((one) => (isOwn(one) ? own : one)),
    calls: [...whole.calls.filter(({ destination }) => destination !== own.name), ...calls],
  };
}

/** No surer than the ledger of these requests. */
export function asSureAs({ all, confidence }: LedgerDocument, { route }: Asked, answer: Answer): Answer {
  const [first, ...rest] = answer.findings;
  if (!first) return answer;
  const isHere = first.path.length === 1;
  const isUnlinked = all.requests === 0 || confidence === "low";
  const state: State = isUnlinked ? "partly" : answer.state;
  const most = isUnlinked ? "low" : confidence;
  const subject = isHere && route !== undefined ? { ...first.subject, route } : first.subject;
  return {
    ...answer,
    ...{ state, confidence: leastSure(answer.confidence, most), findings: [{ ...first, subject }, ...rest] },
    next: [...(isUnlinked ? [unlinked(first.path[0] ?? "")] : []), ...answer.next],
  };
}

function unlinked(service: string): Answer["next"][number] {
  return {
    say: `which calls of ${service} are for these requests is hardly known; figures of whole services say`,
    command: `meshwise why ${service}`,
  };
}
