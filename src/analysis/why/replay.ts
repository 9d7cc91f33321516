// What slow requests would have taken, were a suspect beneath them as it usually is: its own time is replaced by draws from before,
// and what waited for it comes so much earlier. A cause that this does not make faster is not the cause.
import { type Random, seededRandom } from "../../base/random.ts";
import type { SeenExchange } from "../../model/figures.ts";
import { criticalPath, gapsIn } from "../ledger/critical-path.ts";
import type { Answer, Evidence } from "./answer.ts";
import { isRequest, routeOf } from "./contrast/attributes.ts";
import { amount } from "./words.ts";

type Requests = readonly SeenExchange[];

export type Replayed = {
  /** slow requests of the target */
  readonly slow: Requests;
  /** all exchanges of their traces */
  readonly spans: Requests;
  /** what the target was asked before */
  readonly usual: Requests;
  readonly suspect: string;
  /** what the suspect was asked, and asked of others, before */
  readonly before: { readonly requests: Requests; readonly calls: Requests };
};

/** s, of mean slow requests of the target */
export type Replay = {
  readonly slow: number;
  readonly replayed: number;
  /** of what they take more than requests of the same routes did before, so much would be gone; 0 to 1 and somewhat beyond */
  readonly explained: number;
};

const FEWEST_SLOW = 5;
const FEWEST_USUAL = 20;
const US_PER_S = 1e6;

/** of what they take more, so much is worth a sentence */
const EXPLAINS = 0.5;

type Node = { readonly of: SeenExchange; readonly children: readonly Node[] };

/** undefined: too little of this is known */
export function replayOf({ slow, spans, usual, suspect, before }: Replayed): Replay | undefined {
  const callsOf = Map.groupBy(spans.filter(isRequest), ({ parentSpanId }) => parentSpanId);
  const trees = slow
    .map((one) => treeOf(one, callsOf))
    .filter(({ of, children }) => of.destination === suspect || children.length > 0);
  const draw = usualOwn(before, seededRandom(1));
  const normal = Map.groupBy(usual.filter(isRequest), routeOf);
  const known = trees.filter(({ of }) => (normal.get(routeOf(of))?.length ?? 0) >= FEWEST_USUAL);
  if (!draw || known.length < FEWEST_SLOW) return undefined;
  const tookS = (all: Requests) => mean(all.map(({ durationUs }) => durationUs)) / US_PER_S;
  const slowS = tookS(known.map(({ of }) => of));
  const normalS = mean(known.map(({ of }) => tookS(normal.get(routeOf(of)) ?? [])));
  const replayed = mean(known.map((tree) => replayUs(tree, suspect, draw))) / US_PER_S;
  return { slow: slowS, replayed, explained: (slowS - replayed) / (slowS - normalS) };
}

/** The answer with what it says of the first suspect. Where calls are not linked, it makes nothing faster, so that it clears nobody. */
export function withReplay(answer: Answer, { slow, replayed, explained }: Replay): Answer {
  const [first, ...rest] = answer.findings;
  const target = first?.path[0];
  if (!first || target === undefined) return answer;
  const [usually, now] = [replayed, slow].map((seconds) => amount(seconds, "latency"));
  const says = `were it as usual, slow requests of ${target} would take ${usually} instead of ${now}`;
  const evidence: Evidence = {
    ...{
      claim: `a slow request of ${target}, replayed with ${first.subject.service} as usual, and as it was`,
      metric: "replay",
    },
    ...{ baseline: replayed, observed: slow, unit: "s" },
  };
  const sentence = explained >= EXPLAINS ? `${first.sentence}; ${says}` : first.sentence;
  return { ...answer, findings: [{ ...first, sentence, evidence: [...first.evidence, evidence] }, ...rest] };
}

function treeOf(of: SeenExchange, callsOf: ReadonlyMap<string | undefined, Requests>): Node {
  const endUs = of.startUs + of.durationUs;
  // nobody waits for what goes on after the answer
  const waitedFor = (callsOf.get(of.serverSpanId) ?? []).filter((one) => one.startUs + one.durationUs <= endUs);
  return { of, children: waitedFor.toSorted((a, b) => a.startUs - b.startUs).map((one) => treeOf(one, callsOf)) };
}

/** Draws from its own times before, of the same route where enough are known. */
function usualOwn({ requests, calls }: Replayed["before"], random: Random): ((of: SeenExchange) => number) | undefined {
  const callsOf = Map.groupBy(calls.filter(isRequest), ({ parentSpanId }) => parentSpanId);
  const all = requests.filter(isRequest);
  if (all.length < FEWEST_USUAL) return undefined;
  const ownOf = (some: Requests) => some.map((one) => ownUs({ of: one, children: treeOf(one, callsOf).children }));
  const byRoute = new Map(
    [...Map.groupBy(all, routeOf)]
      .filter(([, some]) => some.length >= FEWEST_USUAL)
      .map(([route, some]) => [route, ownOf(some)]),
  );
  const anyOwn = ownOf(all);
  return (of) => {
    const own = byRoute.get(routeOf(of)) ?? anyOwn;
    return own[Math.floor(random.unit() * own.length)] as number;
  };
}

/** What of it lies in none of its calls. */
function ownUs({ of, children }: Node): number {
  const whole = intervalOf(of);
  const path = criticalPath(
    whole,
    children.map((one) => intervalOf(one.of)),
  );
  return gapsIn(whole, path).reduce((sum, { fromUs, toUs }) => sum + toUs - fromUs, 0);
}

function intervalOf({ startUs, durationUs }: SeenExchange) {
  return { fromUs: startUs, toUs: startUs + durationUs };
}

/**
 * How long it takes when the suspect's own time is as usual. A call comes after those that had ended before it began, and after as
 * long as it came after the last of them; and so does the end.
 */
function replayUs({ of, children }: Node, suspect: string, draw: (of: SeenExchange) => number): number {
  const own = ownUs({ of, children });
  const scale = of.destination === suspect && own > 0 ? draw(of) / own : 1;
  const done: { readonly endUs: number; readonly newEndUs: number }[] = [{ endUs: of.startUs, newEndUs: 0 }];
  const after = (us: number) => {
    const earlier = done.filter(({ endUs }) => endUs <= us);
    const last = Math.max(...earlier.map(({ endUs }) => endUs));
    return Math.max(...earlier.map(({ newEndUs }) => newEndUs)) + (us - last) * scale;
  };
  for (const child of children) {
    const newEndUs = after(child.of.startUs) + replayUs(child, suspect, draw);
    done.push({ endUs: child.of.startUs + child.of.durationUs, newEndUs });
  }
  return after(of.startUs + of.durationUs);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
