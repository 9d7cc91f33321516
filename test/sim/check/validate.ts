// What must hold for every run, whatever the weather. Each rule says what nobody may ever see.
import type { Snapshot } from "../../../src/model/snapshot.ts";
import type { Control } from "../actors/control.ts";
import { ruleFor } from "../routes.ts";
import type { World } from "../world.ts";
import { isIdempotent, type RequestRecord } from "./history.ts";

/** @param killed workers that died without warning: what they had not finished has no record */
export function validate(world: World, control: Control): void {
  const { history, weather } = world;
  const killed = new Set(control.workers.filter((it) => !it.isAlive() && !it.isDrained()).map(({ name }) => name));
  for (const request of history.requests.values()) {
    if (!weather.policy.retries.unsafe) atMostOnce(request, history.violate);
    notTooOften(request, weather.policy.retries.attempts, history.violate);
    notToWhoIsGone(request, control, history.violate);
    oneSpan(request, killed, history.violate);
    knowsWhoLeft(request, weather.near.capacity, history.violate);
    ended(request, history.violate);
    if (weather.hasRoutes) asRouted(request, world, control);
    if (weather.isCalm) succeeded(request, history.violate);
  }
  budgetsKept(world);
  rateKept(world);
  notToWhoIsEjected(world, control);
}

type Violate = (rule: string, detail: string) => void;

/** A program sees a request that is not idempotent once at most, whether it acts upon it or not: nobody can know. */
function atMostOnce({ id, method, heads, runs }: RequestRecord, violate: Violate): void {
  if (isIdempotent(method) || (heads.length <= 1 && runs.length <= 1)) return;
  violate("at most once", `${method} ${id} reached programs ${heads.length} times: ${heads.map(where).join(", ")}`);
}

/** Each try may be repeated once on a fresh connection, because keeping connections causes failures of its own. */
function notTooOften({ id, heads }: RequestRecord, attempts: number, violate: Violate): void {
  if (heads.length > 2 * (1 + attempts)) violate("no more tries than allowed", `${id} was tried ${heads.length} times`);
}

/** Over all workers: retries are at most a share of the requests of the last ten seconds, and so many a second besides. */
function budgetsKept({ history, weather }: World): void {
  const { budgetShare, budgetPerSecond } = weather.policy.retries;
  const requests = [...history.requests.values()];
  const spans = requests.flatMap((request) => request.spans.map((span) => ({ span, request })));
  // counted by a worker that was killed before it could record them
  const unrecorded = requests.filter((request) => request.spans.every(({ isAttempt }) => isAttempt));
  for (const service of new Set(spans.map(({ span }) => span.service))) {
    const own = spans.filter(({ span }) => span.service === service);
    const recorded = own.filter(({ span }) => !span.isAttempt).map(({ request }) => request);
    const begun = [...recorded, ...unrecorded].map(readMs);
    const retries = own.filter(({ span }) => span.isAttempt).map(({ span }) => span.endedMs);
    for (const at of retries) {
      // the budget's seconds are whole ones, and a request may have been long on its way
      const made = retries.filter((it) => it <= at && it > at - 9_000).length;
      const most = budgetShare * begun.filter((it) => it <= at && it > at - 40_000).length + 10 * budgetPerSecond;
      if (made > most) {
        history.violate("retries within the budget", `${made} of service ${service} at ${at}, ${most} allowed`);
        return;
      }
    }
  }
}

/** One that was sent behind others on its connection is read when those are answered. */
function readMs({ begunMs, spans }: RequestRecord): number {
  return spans.length === 0 ? begunMs : Math.min(...spans.map((span) => span.readMs));
}

/** GCRA over what was let through, at the times at which the workers had read it. */
function rateKept({ history, weather }: World): void {
  const [limit] = weather.policy.rateLimits;
  if (!limit) return;
  const interval = limit.perMs / limit.requests;
  const passed = new Map<string, number[]>();
  for (const request of history.requests.values()) {
    const span = request.spans.find(({ isAttempt }) => !isAttempt);
    // what no route takes is not counted; whoever was given an endpoint was
    if (!span || span.workload === 0) continue;
    // what comes in by a published port is known by its address, what comes from inside by its service
    const caller = Number(request.client.split("-")[1]) % 2 === 1 ? request.client : "inside";
    const key = `${span.service} ${limit.by.type === "caller" ? caller : ""}`;
    passed.set(key, [...(passed.get(key) ?? []), span.readMs]);
  }
  for (const [key, times] of passed) {
    let due = 0;
    for (const at of times.toSorted((a, b) => a - b)) {
      if (due - at > limit.burst * interval + interval / 2 + 2) {
        history.violate("rate limits are exact", `${key}: one at ${at} came ${due - at} ms too early`);
        break;
      }
      due = Math.max(due, at) + interval;
    }
  }
}

/** What began after an ejection does not go there before its time is over, unless there is panic. */
function notToWhoIsEjected({ history, weather }: World, { ejections }: Control): void {
  const { health, outlierEjection } = weather.policy;
  if (health.panicThreshold > 0) return;
  for (const request of history.requests.values()) {
    for (const { workload, worker, atMs } of request.heads) {
      const out = ejections.find(
        // the shared page knows whole milliseconds
        (it) => it.key === workload && request.begunMs > it.atMs && atMs < it.atMs + outlierEjection.ejectionMs - 1,
      );
      if (out)
        history.violate(
          "ejected endpoints rest",
          `${request.id} reached ${workload} by ${worker}, out since ${out.atMs}`,
        );
    }
  }
}

/** It goes where a rule of a snapshot leads that was in force while it was carried, and its record names that rule. */
function asRouted(request: RequestRecord, { history: { violate }, weather }: World, control: Control): void {
  const { id, method, service, colour, heads, spans, begunMs, shadows } = request;
  const most = isIdempotent(method) || weather.policy.retries.unsafe ? 2 * (1 + weather.policy.retries.attempts) : 1;
  if (shadows > most) violate("routes are followed", `${method} ${id} was copied ${shadows} times`);
  const rulesOf = (worker: string, endMs: number) =>
    inForce(control, worker, begunMs, endMs).map(({ routing }) => ruleFor(routing.http, service, { method, colour }));
  for (const { workload, worker, atMs } of heads) {
    const target = control.serviceOf(workload);
    const isAllowed = rulesOf(worker, atMs).some((rule) =>
      rule === "none"
        ? target === service
        : rule?.backends.some(({ ref, weight }) => ref?.service === target && weight > 0),
    );
    if (!isAllowed) violate("routes are followed", `${method} ${id} (${colour}) to ${service} reached ${target}`);
  }
  for (const { worker, rule, endedMs } of spans) {
    const isNamed = rulesOf(worker, endedMs).some((it) => (it === "none" || it === undefined ? 0 : it.key) === rule);
    if (!isNamed)
      violate("routes are followed", `the record of ${method} ${id} (${colour}) to ${service} names the rule ${rule}`);
  }
}

function inForce({ swaps }: Control, worker: string, fromMs: number, toMs: number): Snapshot[] {
  const own = swaps.filter((it) => it.worker === worker && it.atMs <= toMs);
  const first = own.findLastIndex((it) => it.atMs <= fromMs);
  return own.slice(Math.max(0, first)).map(({ snapshot }) => snapshot);
}

/** Only what was begun before a worker learned that an endpoint is gone may still reach it. */
function notToWhoIsGone({ id, begunMs, heads }: RequestRecord, control: Control, violate: Violate): void {
  for (const { workload, worker, atMs } of heads) {
    const since = control.goneSince(worker, workload);
    if (since >= 0 && begunMs > since) {
      violate(
        "drained endpoints rest",
        `${id}, begun at ${begunMs}, reached ${workload} by ${worker} at ${atMs}, gone since ${since}`,
      );
    }
  }
}

/** One record per request, and it says what the client saw. */
function oneSpan({ id, spans, heads, outcome }: RequestRecord, killed: ReadonlySet<string>, violate: Violate): void {
  const logical = spans.filter(({ isAttempt }) => !isAttempt);
  const [span] = logical;
  if (logical.length > 1)
    violate(
      "one span",
      `${id} has ${logical.length}: ${logical.map(({ status, error }) => `${status} ${error}`).join(", ")}`,
    );
  const mayBeLost = heads.some(({ worker }) => killed.has(worker));
  if (outcome?.kind === "answer") {
    if (!span) {
      if (!mayBeLost) violate("one span", `${id} was answered ${outcome.status} and has none`);
      return;
    }
    if (span.status !== outcome.status)
      violate("one span", `${id} was answered ${outcome.status}, its span says ${span.status}`);
    if (outcome.by === "app" && span.error !== "" && span.error !== "client_gone")
      violate("one span", `${id} was answered by the service, its span says ${span.error}`);
    if (outcome.by === "mesh" && span.error === "")
      violate("one span", `${id} was answered ${outcome.status} by the mesh, its span names no error`);
  } else if (!span && heads.length > 0 && !mayBeLost) {
    violate("one span", `${id} reached ${heads.map(where).join(", ")} and has none (${outcome?.kind})`);
  }
}

/** What network and client could not hold was still with the mesh when the client left: no record may say that all was well. */
function knowsWhoLeft({ id, outcome, missedBytes, spans }: RequestRecord, capacity: number, violate: Violate): void {
  const span = spans.find(({ isAttempt }) => !isAttempt);
  if (outcome?.kind === "left" && missedBytes > 2 * capacity && span?.error === "")
    violate("one span", `the client of ${id} left ${missedBytes} bytes before the end, which its span does not know`);
}

/** Nobody waits for ever. */
function ended({ id, client, outcome, begunMs }: RequestRecord, violate: Violate): void {
  if (!outcome) violate("nobody waits for ever", `${client} still waits for ${id}, begun at ${begunMs.toFixed(0)} ms`);
}

/** a request that crosses the end of a connection which rested so long is lost, in HTTP/1.1 */
const LONG_REST_MS = 850;

/** No fault, no failure: answered whole by the service, unless the client itself left. */
function succeeded(
  { id, method, outcome, restedMs, heads, excuses, begunMs, endedMs }: RequestRecord,
  violate: Violate,
): void {
  if (!outcome || outcome.kind === "left") return;
  if (outcome.kind === "answer" && outcome.status < 500 && outcome.by === "app") return;
  const isCrossed = outcome.kind === "none" && (restedMs > LONG_REST_MS || outcome.how === "last");
  if (isCrossed && heads.length === 0) return;
  const how =
    outcome.kind === "answer"
      ? `${outcome.status} by the ${outcome.by}`
      : outcome.kind === "none"
        ? `none, ${outcome.how}`
        : outcome.kind;
  violate(
    "no fault, no failure",
    `${method} ${id}: ${how}, reached ${heads.map(where).join(", ") || "nobody"}, ${begunMs.toFixed(3)} to ${endedMs.toFixed(3)} ms (${excuses.join(", ")})`,
  );
}

const where = ({ workload, worker, atMs }: { workload: number; worker: string; atMs: number }) =>
  `${workload} by ${worker} at ${atMs.toFixed(3)}`;

/** After every worker has drained nothing is left: no descriptor, no timer, no count. */
export function nothingLeft(world: World, control: Control): void {
  const { history } = world;
  for (const one of control.workers) {
    if (!one.isAlive()) continue;
    const left = one.proxy.connections();
    if (left.length > 0)
      history.violate(
        "nothing is left",
        `${one.name} has ${left.map(({ side, state }) => `${side} ${state}`).join(", ")}`,
      );
    if (one.loop.openFds() > 0) history.violate("nothing is left", `${one.name} has ${one.loop.openFds()} descriptors`);
    if (one.timers() > 0) history.violate("nothing is left", `${one.name} has ${one.timers()} timers`);
    if (!one.isDrained()) history.violate("nothing is left", `${one.name} has not drained`);
  }
  const held = control.held();
  if (held !== "") history.violate("nothing is left", `the page of limits holds ${held}`);
  if (control.counted() !== 0) history.violate("nothing is left", `the page counts ${control.counted()} connections`);
}
