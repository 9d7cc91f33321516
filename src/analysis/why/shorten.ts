// What would make requests shorter that are as slow as usual: what is asked again and again, what is asked one after the other, and
// what they wait for besides.
import type { SeenExchange } from "../../model/figures.ts";
import type { LedgerFacts } from "../ledger/ledger.ts";
import type { Ledger, LedgerRow, Part } from "../ledger/types.ts";
import type { Answer } from "./answer.ts";
import { type Asked, callsFor, isAmong } from "./asked.ts";
import { isRequest, routeOf } from "./contrast/attributes.ts";
import { amount } from "./words.ts";

type Step = Answer["next"][number];
/** how many requests are meant, and what was asked of others for them */
type Own = { readonly requests: number; readonly calls: readonly SeenExchange[] };
type Saving = Step & { readonly ms: number };

/** of a mean request: less is not worth anybody's time */
const MATTERS = 0.1;
/** so many calls of one kind for each request may be one call for all of them */
const MANY = 4;
/** calls that overlap by less than this share are made one after the other */
const APART = 0.2;
const MOST = 4;

const ADVICE: Partial<Record<Part, string>> = {
  "waiting for a connection": "keep more connections open, or raise what its pool may hold",
  connecting: "keep connections open instead of opening one for each call",
  TLS: "keep connections open instead of opening one for each call",
  network: "bring both ends nearer to each other, or send less",
  "own: storage": "a faster disk, or less to write before it answers",
  "own: memory stall": "more memory than its limit, or less in use",
  retries: "find out why the first tries fail",
};

/** The most first; nothing when no part is worth it. */
export function shortenings(facts: LedgerFacts, now: Ledger, asked?: Asked): Step[] {
  const least = MATTERS * now.meanMs;
  const own = ownOf(facts, asked);
  return [...repeated(own), ...inTurn(own), ...now.rows.flatMap((row) => advice(row, facts.service))]
    .filter(({ ms }) => ms >= least)
    .sort((a, b) => b.ms - a.ms)
    .slice(0, MOST)
    .map(({ ms: _, ...step }) => step);
}

/** N+1: the same thing is asked for each of many, one after the other. */
function repeated({ requests, calls }: Own): Saving[] {
  const kinds = Map.groupBy(calls, (one) => `${one.destination} for ${routeOf(one)}`);
  return [...kinds].flatMap(([kind, its]) => {
    const each = its.length / requests;
    const ms = sumMs(its) / requests;
    if (each < MANY || overlapOf(its) > APART) return [];
    const say = `each request asks ${kind} ${Number(each.toPrecision(2))} times, one after the other, ${amount(ms / 1000, "latency")} in all: ask once for all of it`;
    return [{ say, ms: ms - ms / each }];
  });
}

/** Different ones are asked, each when the one before has answered. */
function inTurn({ requests, calls }: Own): Saving[] {
  const callees = [...Map.groupBy(calls, ({ destination }) => destination)]
    .map(([name, its]) => ({ name, ms: sumMs(its) / requests, each: its.length / requests }))
    // who is asked for one request in a hundred is not what the others wait for
    .filter(({ each }) => each >= 0.5)
    .sort((a, b) => b.ms - a.ms);
  const ms = callees.slice(1).reduce((sum, one) => sum + one.ms, 0);
  if (callees.length < 2 || overlapOf(calls) > APART) return [];
  const names = callees.map((one) => `${one.name} (${amount(one.ms / 1000, "latency")})`).join(", ");
  return [{ say: `it asks one after the other: ${names}; ask those at once that need nothing of each other`, ms }];
}

function advice({ part, of = "", ms }: LedgerRow, service: string): Saving[] {
  const took = amount(ms / 1000, "latency");
  if (part === "dependency") return [{ say: `${took} of it is ${of}'s`, command: `meshwise why ${service} ${of}`, ms }];
  if (part === "own work: on CPU") return [{ say: `${took} of it is its own work: profile it`, ms }];
  if (part === "own: unexplained") return [{ say: `${took} of it is its own, and no CPU: locks, sleeps, queues`, ms }];
  if (part === "own: waiting for a CPU") {
    const what = of === "throttled" ? "raise its CPU limit" : "more CPUs, or fewer programs beside it";
    return [{ say: `${took} of it waits for a CPU: ${what}`, ms }];
  }
  const what = ADVICE[part];
  return what === undefined ? [] : [{ say: `${took} of it is ${part}${of && ` (${of})`}: ${what}`, ms }];
}

function ownOf(facts: LedgerFacts, asked?: Asked): Own {
  const requests = facts.requests.filter(isRequest).filter(isAmong(asked));
  const calls = callsFor(facts, { ...asked, isFollowed: true }).filter(isRequest);
  return { requests: Math.max(1, requests.length), calls };
}

function sumMs(calls: readonly SeenExchange[]): number {
  return calls.reduce((sum, { durationUs }) => sum + durationUs, 0) / 1000;
}

/** Share of their time in which another one for the same request was under way. */
function overlapOf(calls: readonly SeenExchange[]): number {
  let both = 0;
  for (const its of Map.groupBy(calls, ({ parentSpanId }) => parentSpanId).values()) {
    let endsUs = 0;
    for (const { startUs, durationUs } of its.toSorted((a, b) => a.startUs - b.startUs)) {
      both += Math.max(0, Math.min(endsUs, startUs + durationUs) - startUs);
      endsUs = Math.max(endsUs, startUs + durationUs);
    }
  }
  return both / 1000 / Math.max(1e-9, sumMs(calls));
}
