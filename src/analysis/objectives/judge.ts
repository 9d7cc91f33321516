// Whether an objective burns now, and how much of its budget is left. Pure: from what was counted to a judgement.
//
// What has not been seen counts as flawless: then the budget that a rule wants to be spent is the same with much history and
// with little, so an outage is told of as fast, and a mesh of ten minutes does not cry over its first failure. The same holds
// for what an earlier incident has told of already: a new one needs failures of its own.
import type { Counted, Objective } from "../../model/objective.ts";
import { poissonTail } from "../statistics/poisson.ts";
import type { History } from "./history.ts";
import { type Rule, rulesOf } from "./rules.ts";

export type BurnRate = Rule & {
  /** times the allowed rate, over the long and the short window */
  readonly long: number;
  readonly short: number;
};

export type Judgement = Counted & {
  /** share of the window's budget that is left; negative: more than all of it is spent */
  readonly budgetLeft: number;
  readonly burnRates: readonly BurnRate[];
  /** the fastest rule that holds */
  readonly burning?: BurnRate;
};

export type Times = {
  readonly nowS: number;
  /** since when there are figures at all */
  readonly begunS: number;
  /** since when failures speak for a new incident: `begunS`, or the end of the last one */
  readonly freshS: number;
};

/** A rule holds only if chance alone would bring so many bad requests this seldom, in one of its windows, were all as good as
 *  allowed: with few requests one failure is a high rate. Small, because it is asked every ten seconds: see quiet.test.ts. */
const CHANCE = 1e-6;
/** the same caller's next tries may fail for the same reason, which no formula for independent failures knows */
const FEWEST_BAD = 5;
/** calm again: not more bad ones than chance brings as often as this */
const CALM = 0.05;

export function judge(objective: Objective, history: History, { nowS, begunS, freshS }: Times): Judgement {
  const allowed = 1 - objective.goal.share;
  const { windowS } = objective;
  /** times the allowed rate since `fromS`, thinned by what lies before `knownS` */
  const burnOver = (lengthS: number, knownS: number): Counted & { readonly burn: number } => {
    const fromS = Math.max(nowS - lengthS, knownS);
    const counted = history.since(fromS);
    const share = counted.requests === 0 ? 0 : counted.bad / counted.requests;
    return { ...counted, burn: ((share / allowed) * Math.max(0, nowS - fromS)) / lengthS };
  };

  const isNoChance = ({ bad, requests }: Counted) =>
    bad >= FEWEST_BAD && poissonTail(bad, allowed * requests) <= CHANCE;

  const burnRates = rulesOf(windowS).map((rule) => {
    const long = burnOver(rule.longS, freshS);
    const short = burnOver(rule.shortS, freshS);
    const isBurning = Math.min(long.burn, short.burn) >= rule.burn && [long, short].some(isNoChance);
    return { rate: { ...rule, long: long.burn, short: short.burn }, isBurning };
  });
  const burning = burnRates.find(({ isBurning }) => isBurning)?.rate;
  const { requests, bad, burn } = burnOver(windowS, begunS);
  return {
    requests,
    bad,
    budgetLeft: 1 - burn,
    burnRates: burnRates.map(({ rate }) => rate),
    ...(burning && { burning }),
  };
}

/** Whether what burned is over: in the rule's short window no more requests were bad than are allowed. */
export function isCalm(objective: Objective, history: History, { shortS }: Rule, nowS: number): boolean {
  const { requests, bad } = history.since(nowS - Math.max(shortS, LEAST_CALM_S));
  return bad === 0 || poissonTail(bad, (1 - objective.goal.share) * requests) > CALM;
}

/** so that two bad seconds half a minute apart are one incident */
const LEAST_CALM_S = 60;
