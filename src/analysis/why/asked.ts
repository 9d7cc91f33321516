// Which of a service's requests are meant: those of a route, those that one caller sent, those that were sent for other ones.
import type { SeenExchange } from "../../model/figures.ts";
import type { LedgerFacts } from "../ledger/ledger.ts";

export type Asked = {
  readonly route?: string | undefined;
  readonly source?: string | undefined;
  /** ids of the requests that they were sent for */
  readonly sentFor?: ReadonlySet<string>;
  /** what is asked for them in turn is told from what is asked for others */
  readonly isFollowed?: boolean;
};

/** fewer calls that are known to be for them say less than all calls of the same caller */
const FEWEST = 20;

export function isAmong({ route, source, sentFor }: Asked = {}): (one: SeenExchange) => boolean {
  return (one) =>
    (route === undefined || one.route === route) &&
    (source === undefined || one.source === source) &&
    (sentFor === undefined || isFor(sentFor, one));
}

/** What the service asks of others for these requests; for all of its requests where that is not followed, or hardly known. */
export function asksOf(of: {
  readonly before: LedgerFacts;
  readonly during: LedgerFacts;
  readonly asked?: Asked | undefined;
}): Asked {
  const { before, during, asked } = of;
  const source = during.service;
  if (!asked?.isFollowed) return { source };
  const sentFor = new Set([...idsOf(before, asked), ...idsOf(during, asked)]);
  const known = during.calls.filter((one) => isFor(sentFor, one));
  return known.length < FEWEST ? { source } : { source, sentFor, isFollowed: true };
}

/** The calls of the service for these requests, as far as that is followed. */
export function callsFor(facts: LedgerFacts, asked: Asked | undefined): readonly SeenExchange[] {
  if (!asked?.isFollowed) return facts.calls;
  const ids = new Set(idsOf(facts, asked));
  return facts.calls.filter((one) => isFor(ids, one));
}

function idsOf({ requests }: LedgerFacts, asked: Asked): string[] {
  return requests.filter(isAmong(asked)).map(({ serverSpanId }) => serverSpanId);
}

function isFor(ids: ReadonlySet<string>, { parentSpanId }: SeenExchange): boolean {
  return parentSpanId !== undefined && ids.has(parentSpanId);
}
