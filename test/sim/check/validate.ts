// What must hold for every run, whatever the weather. Each rule says what nobody may ever see.
import type { Control } from "../actors/control.ts";
import type { World } from "../world.ts";
import { isIdempotent, type RequestRecord } from "./history.ts";

/** @param killed workers that died without warning: what they had not finished has no record */
export function validate(world: World, control: Control): void {
  const { history, weather } = world;
  const killed = new Set(control.workers.filter((it) => !it.isAlive() && !it.isDrained()).map(({ name }) => name));
  for (const request of history.requests.values()) {
    atMostOnce(request, history.violate);
    notToWhoIsGone(request, control, history.violate);
    oneSpan(request, killed, history.violate);
    ended(request, history.violate);
    if (weather.isCalm) succeeded(request, history.violate);
  }
}

type Violate = (rule: string, detail: string) => void;

/** A program sees a request that is not idempotent once at most, whether it acts upon it or not: nobody can know. */
function atMostOnce({ id, method, heads, runs }: RequestRecord, violate: Violate): void {
  if (isIdempotent(method) || (heads.length <= 1 && runs.length <= 1)) return;
  violate("at most once", `${method} ${id} reached programs ${heads.length} times: ${heads.map(where).join(", ")}`);
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

/** Nobody waits for ever. */
function ended({ id, client, outcome, begunMs }: RequestRecord, violate: Violate): void {
  if (!outcome) violate("nobody waits for ever", `${client} still waits for ${id}, begun at ${begunMs.toFixed(0)} ms`);
}

/** No fault, no failure: answered whole by the service, unless the client itself left. */
function succeeded(
  { id, method, outcome, isReused, heads, excuses, begunMs, endedMs }: RequestRecord,
  violate: Violate,
): void {
  if (!outcome || outcome.kind === "left") return;
  if (outcome.kind === "answer" && outcome.status < 500 && outcome.by === "app") return;
  if (outcome.kind === "none" && (isReused || outcome.how === "last") && heads.length === 0) return;
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
  if (control.counted() !== 0) history.violate("nothing is left", `the page counts ${control.counted()} connections`);
}
