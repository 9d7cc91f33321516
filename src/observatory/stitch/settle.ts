// One telling of a workload's window: the likeliest assignment by what is known of the service, how sure each of its links
// is, and the links that are due.
import type { Random } from "../../base/random.ts";
import { begin } from "./candidates.ts";
import { compile } from "./compile.ts";
import { confidenceOf } from "./confidence.ts";
import { isSure } from "./content.ts";
import type { Link } from "./exchange.ts";
import { serveInOrder } from "./first-come.ts";
import { type Held, sort } from "./held.ts";
import { learn, learnAnew } from "./learning.ts";
import { fade, type Model, widen } from "./model.ts";
import { sharersOf } from "./shared.ts";
import { draw, forget, improve } from "./sweep.ts";
import { isWaiting, kindsThatWait } from "./waiting.ts";
import { CANDIDATES, NONE, type Window } from "./window.ts";

const FEW_SWEEPS = 2;
const SWEEPS = 10;
const DRAWS = 2;
/** requests from which a service is known so well that a kind of call which nobody made before is a new one */
const MATURE = 1_000;

/** What is told now: links of calls that ended before. */
export type Due = {
  readonly toldUs: number;
  /** for how long before that a call that looks like nobody's may wait for its request */
  readonly patienceUs: number;
};

export type SettleDeps = { readonly random: Random; readonly tell: (link: Link) => void };

/** @param known of the service @returns what is known of it now */
export function settle(held: Held, known: Model, { toldUs, patienceUs }: Due, { random, tell }: SettleDeps): Model {
  sort(held);
  const { window } = held;
  makeRoom(window, known);
  const until = toldUs - held.baseUs;
  const weight = known.routeWeight.reduce((sum, weight) => sum + weight, 0);
  const model = window.requests > 2 * weight ? learnAnew(window, known, random) : known;
  compile(model, weight >= MATURE);
  begin(window, model);
  if (model.isInOrder) serveInOrder(window);
  forget(window);
  improve(window, model, FEW_SWEEPS);
  clearShares(window);
  for (let i = 0; i < DRAWS; i++) draw(window, model, random);
  fade(model);
  const kinds = kindsThatWait(model);
  const waits = (c: number) => isWaiting(window, kinds, c, until - patienceUs);
  learn(window, model, held.toldUs, until, waits);
  improve(window, model, SWEEPS);
  beSure(window);
  tellDue(window, until, waits, sharersOf(window, model), tell);
  held.toldUs = until;
  return model;
}

function makeRoom({ request, call, requests, calls }: Window, model: Model): void {
  let [routes, kinds] = [0, 0];
  for (let r = 0; r < requests; r++) routes = Math.max(routes, 1 + (request.route[r] as number));
  for (let c = 0; c < calls; c++)
    kinds = Math.max(kinds, 1 + (call.kind[c] as number), 1 + (call.outcome[c] as number));
  widen(model, routes, kinds);
}

function clearShares({ call, calls }: Window): void {
  call.shares.fill(0, 0, calls * CANDIDATES);
  call.noneShare.fill(0, 0, calls);
}

function beSure(window: Window): void {
  const { call, calls } = window;
  for (let c = 0; c < calls; c++) {
    if (call.told[c] === 1) continue;
    const parent = call.parent[c] as number;
    const base = c * CANDIDATES;
    const count = call.candidateCount[c] as number;
    const at = call.candidates.subarray(base, base + count).indexOf(parent);
    const sum = (parent === NONE ? call.noneShare[c] : at < 0 ? 0 : call.shares[base + at]) as number;
    const isTold = parent !== NONE && isSure(window, c, parent);
    call.confidence[c] = confidenceOf(Math.min(1, sum / DRAWS), isTold ? 0 : count);
  }
}

function tellDue(
  { request, call, calls }: Window,
  until: number,
  waits: (call: number) => boolean,
  sharers: ReadonlyMap<number, readonly number[]>,
  tell: (link: Link) => void,
): void {
  for (let c = 0; c < calls; c++) {
    if (call.told[c] === 1 || (call.end[c] as number) > until || waits(c)) continue;
    call.told[c] = 1;
    const parent = call.parent[c] as number;
    tell({
      call: call.id[c] as number,
      request: parent === NONE ? undefined : (request.id[parent] as number),
      also: (sharers.get(c) ?? []).map((r) => request.id[r] as number),
      confidence: call.confidence[c] as number,
    });
  }
}
