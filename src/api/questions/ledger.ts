// Where the time of a service's requests went.
import { type LedgerFacts, ledgerOf } from "../../analysis/ledger/ledger.ts";
import type { Observatory } from "../../observatory/observatory.ts";
import type { Window } from "../../observatory/query/figures.ts";
import type { Found } from "../../observatory/query/found.ts";
import { PROBE_ROUTE } from "../../observatory/routes/book.ts";
import { envelope } from "../answer.ts";
import { invalid, parameter, service, windowFields, windowOf } from "../parameters.ts";
import { question } from "../question.ts";
import { ledgerAnswer } from "../schema/ledger.ts";

/** the newest ones; a window that holds more is looked at from there on */
const MOST_REQUESTS = 5_000;
const MOST_CALLS = 20_000;
const MINUTES_15_US = 900e6;

export const ledger = question({
  path: "/ledger",
  summary: "Where the time of a service's requests went: parts of their mean that add up",
  parameters: {
    ...windowFields,
    service: service("whose requests"),
    route: parameter("only this route, as /routes tells it", "GET /cart/{id}", (text) => text),
  },
  answer: ledgerAnswer,
  async ask({ clock, observatory }, { service, route, ...query }) {
    if (service === undefined) throw invalid("say whose requests: service");
    const nowUs = clock.nowUs();
    const isGiven = Object.values(query).some((value) => value !== undefined);
    const asked = isGiven ? windowOf(query, nowUs) : { fromUs: nowUs - MINUTES_15_US, toUs: nowUs };
    const { found, facts } = await ledgerFacts(observatory, service, asked);
    const document = ledgerOf(facts, (one) => (route === undefined ? one.route !== PROBE_ROUTE : one.route === route));
    return { ...envelope(found), ...document };
  },
});

/** What a service was asked and asked of others in the window, as far as it is kept. */
export async function ledgerFacts({ queries }: Observatory, service: string, asked: Window): Promise<FoundFacts> {
  const requests = await requestsOf({ queries }, service, asked);
  const isCut = requests.rows.length >= MOST_REQUESTS;
  const oldestUs = requests.rows[0]?.startUs ?? asked.fromUs;
  const window = { fromUs: isCut ? Math.max(asked.fromUs, oldestUs) : asked.fromUs, toUs: asked.toUs };
  const [calls, used] = await Promise.all([
    queries.tap({ source: service, ...window }, MOST_CALLS),
    queries.used(service, window),
  ]);
  return { found: { ...requests, window }, facts: { service, requests: requests.rows, calls: calls.rows, used } };
}

/** The newest of what a service was asked. */
export function requestsOf({ queries }: Pick<Observatory, "queries">, service: string, asked: Window) {
  return queries.tap({ destination: service, ...asked }, MOST_REQUESTS);
}

export type FoundFacts = { readonly found: Omit<Found<unknown>, "rows">; readonly facts: LedgerFacts };
