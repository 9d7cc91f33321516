// From requests that fail on to whose failures they follow: a call of theirs had failed.
import type { Answer, Finding } from "./answer.ts";
import { isAmong } from "./asked.ts";
import { asFarAs } from "./confidence.ts";
import { isRequest } from "./contrast/attributes.ts";
import type { Material } from "./evidence.ts";
import { hasFailed } from "./failures.ts";
import { percent } from "./words.ts";

export type Failing = {
  readonly callee: string;
  /** of the requests that failed, so many had a call to it that had failed, */
  readonly share: number;
  /** and of those that did not fail so many */
  readonly others: number;
};

const FEWEST = 8;
/** of those that failed */
const MOST = 0.5;
/** so many times as often as those that did not */
const LIFT = 2;

/** undefined: no failed call explains them, so they are its own */
export function failingOf({
  during: { requests, calls },
  asked,
}: Pick<Material, "during" | "asked">): Failing | undefined {
  const all = requests.filter(isRequest).filter(isAmong(asked));
  const bad = all.filter(hasFailed);
  const good = all.filter((one) => !hasFailed(one));
  if (bad.length < FEWEST) return undefined;
  const failed = calls.filter((one) => isRequest(one) && hasFailed(one));
  const found = [...Map.groupBy(failed, ({ destination }) => destination)].map(([callee, those]): Failing => {
    const parents = new Set(those.map(({ parentSpanId }) => parentSpanId));
    const share = (of: typeof all) =>
      of.filter(({ serverSpanId }) => parents.has(serverSpanId)).length / Math.max(1, of.length);
    return { callee, share: share(bad), others: share(good) };
  });
  const [most] = found.sort((a, b) => b.share - a.share);
  return most && most.share >= MOST && most.share >= LIFT * most.others ? most : undefined;
}

/** The same with whose failures they follow as the first finding. */
export function blamed(answer: Answer, { callee, share, others }: Failing): Answer {
  const [first, ...rest] = answer.findings;
  if (!first) return answer;
  const { service } = first.subject;
  const found: Finding = {
    ...first,
    class: "service",
    subject: { service: callee },
    explained: Number((share * first.explained).toPrecision(4)),
    sentence: `${percent(share)} of the requests that fail at ${service} had a call to ${callee} that failed, ${percent(others)} of the others`,
    evidence: [
      {
        claim: `had a call to ${callee} that failed: requests of ${service} that fail, and the others`,
        ...{ metric: "failed calls", baseline: others, observed: share, unit: "share" },
      },
    ],
    path: [...first.path, callee],
  };
  return {
    ...answer,
    ...asFarAs(found.explained, answer),
    verdict: `${answer.verdict}, whose calls to ${callee} fail`,
    findings: [found, first, ...rest].map((one, at) => ({ ...one, rank: at + 1 })),
  };
}
