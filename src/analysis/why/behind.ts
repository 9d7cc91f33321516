// Whether a change is behind the trouble: not because it came before, but because what it changed is what went wrong.
import type { SeenExchange } from "../../model/figures.ts";
import { differenceP } from "../statistics/proportion.ts";
import type { ChangeLine, Class } from "./answer.ts";
import { isRequest, routeOf } from "./contrast/attributes.ts";
import { badness, type Seen } from "./contrast/contrast.ts";
import type { Symptom } from "./facts.ts";
import { isMeshsDoing } from "./failures.ts";
import { median } from "./robust.ts";
import { slowerRoutes } from "./slower.ts";

export type Behind = { readonly class: Class & ("deployment" | "configuration"); readonly change: ChangeLine };

type Requests = readonly SeenExchange[];

/** of either version, beside the moment at which the new one was first asked */
export const BESIDE_US = 60e6;
/** What a new version does wrong, it does from its first requests on: trouble that begins later is not its. */
export const FIRST_US = 15e6;
const FEWEST = 10;
const LIFT = 2;
const CHANCE = 0.01;
/** of the failures, so many are the mesh's doing: a limit, a deadline */
const MOST = 0.5;
/** so many times as many tries for a request, or requests */
const MORE = 1.3;

export type Changed = Seen & {
  readonly service: string;
  readonly metric: Symptom["metric"];
  /** what changed shortly before it began */
  readonly near: readonly ChangeLine[];
  /** requests beside the deployments among that: `before` and `during` may not reach so far */
  readonly beside: Requests;
};

export function behind({ service, metric, near, beside, ...seen }: Changed): Behind | undefined {
  const deployed = near.findLast(
    ({ kind, version, ...one }) =>
      kind === "deployment" && one.service === service && isBroken(version, beside, metric),
  );
  if (deployed) return { class: "deployment", change: deployed };
  // a rule that sends more of the calls to a broken version is not what breaks it
  const rule = near.findLast((one) => one.kind === "configuration" && isAbout(service, one) && hasEffect(seen));
  return rule && { class: "configuration", change: rule };
}

/** Its requests are bad more often than those of the version before it just before, or at the same time. */
function isBroken(version: string, requests: Requests, metric: Symptom["metric"]): boolean {
  const all = requests.filter(isRequest);
  const isNew = (one: SeenExchange) => one.version === version;
  const firstUs = Math.min(...all.filter(isNew).map(({ startUs }) => startUs));
  const beside = all.filter(({ startUs }) => Math.abs(startUs - firstUs) <= BESIDE_US);
  const [fresh, old] = [beside.filter(isNew), beside.filter((one) => !isNew(one))];
  const first = fresh.filter(({ startUs }) => startUs <= firstUs + FIRST_US);
  if (first.length < FEWEST || old.length < FEWEST) return false;
  const last = old.filter(({ startUs }) => startUs >= firstUs - FIRST_US);
  return isSlowed({ old, last, fresh, first }) || isWorse({ old, fresh, first }, badness(old, metric));
}

type Beside = { readonly old: Requests; readonly last: Requests; readonly fresh: Requests; readonly first: Requests };

/** Most requests of some routes are slower, from the first ones on, and the last ones of the old version were not. */
function isSlowed({ old, last, fresh, first }: Beside): boolean {
  const slower = slowerRoutes(old, fresh);
  const among = (some: Requests) => some.filter((one) => slower.some(({ name }) => name === routeOf(one)));
  const middle = (some: Requests) => median(among(some).map(({ durationUs }) => durationUs));
  const half = (middle(old) + middle(fresh)) / 2;
  return slower.length > 0 && middle(first) >= half && !(middle(last) > half);
}

/** More of them are slow, or fail, from the first ones on. */
function isWorse({ old, fresh, first }: Omit<Beside, "last">, isBad: (request: SeenExchange) => boolean): boolean {
  const bad = (some: Requests) => some.filter(isBad).length;
  const share = (some: Requests) => bad(some) / some.length;
  return (
    share(fresh) >= LIFT * share(old) &&
    share(first) - share(old) >= (share(fresh) - share(old)) / 2 &&
    differenceP(bad(fresh), fresh.length, bad(old), old.length) < CHANCE
  );
}

/** It is the service's own, or names it: a route that gives another share of the calls to it. */
export function isAbout(name: string, { service, text }: ChangeLine): boolean {
  return service === name || text.split(/[^\w-]+/).includes(name);
}

/** It shows in what rules can do: refuse, cut off, try again, send more. */
function hasEffect({ before, during }: Seen): boolean {
  const failed = during.filter(({ error, status }) => error !== undefined || status >= 500);
  const refused = failed.filter(({ error }) => isMeshsDoing(error));
  const tries = (all: readonly SeenExchange[]) => all.reduce((sum, one) => sum + one.attempts, 0) / all.length;
  const rate = (all: readonly SeenExchange[]) => {
    const [first, last] = [all[0]?.startUs ?? 0, all.at(-1)?.startUs ?? 0];
    return all.reduce((sum, { weight = 1 }) => sum + weight, 0) / Math.max(1, last - first);
  };
  return (
    (failed.length >= FEWEST && refused.length >= MOST * failed.length) ||
    tries(during) > MORE * tries(before) ||
    rate(during) > MORE * rate(before)
  );
}
