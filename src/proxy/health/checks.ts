// Active checks. One worker of the host makes them for all: who it is says the page, and when it dies another one has the
// turn within two seconds. The verdicts stand in the page too, so every worker acts on them at once.
//
// Why a worker and not the supervisor: an answer is a stranger's bytes, and who parses those holds no capability. The
// connection is made by the opener inside the workload's network namespace like any other.
import { HEALTHY, type HealthVerdict, UNHEALTHY } from "../../model/page/verdict.ts";
import { endpointHash, slotOf } from "../policy/service.ts";
import { serversOf } from "../route/table.ts";
import type { Backend, Core, TableEntry } from "../shapes.ts";
import { hostMs } from "../time.ts";
import type { Active, Check } from "./check.ts";
import { probe } from "./probe.ts";

const TURN_MS = 2_000;

/** Begins the checks that are due. Called with the sweep. */
export function checkHealth(core: Core): void {
  if (core.isDraining || core.table.checked.length === 0) return;
  if (!core.deps.page.isMine(hostMs(core), TURN_MS)) {
    // somebody else's; what we counted is old when it is our turn again
    core.checks.clear();
    return;
  }
  for (const { entry, active } of core.table.checked) {
    for (const [port, backends] of serversOf(core.table, entry).byPort) {
      if (!isChecked(core, active, entry, port, backends)) continue;
      for (const backend of backends) checkIfDue(core, entry.config.name, active, backend);
    }
  }
  for (const backend of core.checks.keys()) if (backend.isGone) core.checks.delete(backend);
}

/** The ports that some worker's callers have called, and not those that do not speak HTTP: they would fail each check. */
function isChecked(
  core: Core,
  { port: checkedPort }: Active,
  { config }: TableEntry,
  port: number,
  backends: readonly Backend[],
): boolean {
  if (config.protocols[port] === "tcp" && checkedPort === undefined) return false;
  // what nobody has called has no place in the page
  return backends.some(({ workload }) => core.deps.page.endpoints.find(endpointHash(workload, port)) >= 0);
}

function checkIfDue(core: Core, host: string, active: Active, backend: Backend): void {
  const slot = slotOf(core, backend);
  if (slot < 0 || backend.target.type === "egress") return;
  let check = core.checks.get(backend);
  if (!check) {
    // not all at once
    check = { nextMs: core.nowMs + core.deps.random.unit() * active.intervalMs, isRunning: false, against: 0 };
    // whoever is new is asked at once: its first requests depend on it
    if (core.deps.page.verdicts.health(slot) === 0) check.nextMs = 0;
    core.checks.set(backend, check);
  }
  if (check.isRunning || core.nowMs < check.nextMs) return;
  check.isRunning = true;
  check.nextMs = core.nowMs + active.intervalMs;
  const { port = backend.port, path, timeoutMs, statuses } = active;
  const target = { ...backend.target, port };
  const known = check;
  probe(core, { target, path, host, timeoutMs, statuses }, (isWell) => {
    known.isRunning = false;
    if (!backend.isGone) judge(core, active, backend, slot, known, isWell);
  });
}

function judge(core: Core, active: Active, backend: Backend, slot: number, check: Check, isWell: boolean): void {
  const { page } = core.deps;
  const verdict = page.verdicts.health(slot);
  const result: HealthVerdict = isWell ? HEALTHY : UNHEALTHY;
  if (verdict === result) {
    check.against = 0;
    return;
  }
  check.against++;
  // nothing is known of it: the first result counts
  const isFirst = verdict !== HEALTHY && verdict !== UNHEALTHY;
  if (!isFirst && check.against < (isWell ? active.healthyAfter : active.unhealthyAfter)) return;
  check.against = 0;
  page.verdicts.setHealth(slot, result);
  page.changed();
  const at = `port ${backend.port}: its check at ${active.path}`;
  if (!isWell) core.deps.ejected?.(backend.workload, `${at} fails`);
  else if (!isFirst) core.deps.readmitted?.(backend.workload, `${at} succeeds`);
}

/** A service that is not checked any more: no verdict may outlive its check. */
export function forgetVerdicts(core: Core, entry: TableEntry | undefined): void {
  for (const backend of entry?.servers?.backends.values() ?? []) {
    core.checks.delete(backend);
    if (backend.slot >= 0 && core.deps.page.verdicts.setHealth(backend.slot, 0)) core.deps.page.changed();
  }
}
