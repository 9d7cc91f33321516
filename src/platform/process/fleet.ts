// All workloads of a project: asks `reconcile` what to do after every change, does it, and says when all is at rest.
import { workloadAddress } from "../../model/address.ts";
import { spiffeId } from "../../model/identity.ts";
import type { Project, ServiceSpec } from "../../model/project.ts";
import type { WorkloadIdentity, WorkloadStatus } from "../../model/workload.ts";
import type { Actual } from "./actual.ts";
import type { Keys } from "./keys.ts";
import { type Action, reconcile } from "./reconcile.ts";
import { settled } from "./settled.ts";
import { makeWorkload, type Workload, type WorkloadDeps } from "./workload.ts";

export type FleetDeps = Omit<WorkloadDeps, "onChange"> & {
  readonly keys: Keys;
  /** something of the statuses changed */
  readonly onChange: () => void;
  readonly onSettled: (version: number, failed: readonly string[]) => void;
};

export type Fleet = {
  desire(project: Project, version: number): void;
  statuses(): WorkloadStatus[];
  /** reads all cgroups' figures, and looks whether time alone has made something ready; call it each second */
  tick(): void;
  /** something outside the statuses changed, such as who listens */
  look(): void;
  /** ends everything, in reverse order of dependencies */
  down(): Promise<void>;
};

const ZONE_LABEL = "topology.kubernetes.io/zone";
/** at least: what says that it needs longer to stop has requests that take longer, too */
const ROLL_DRAIN_MS = 10_000;
/** everyone is leaving: the callers first, so little is left under way */
const DOWN_DRAIN_MS = 1000;
/** a command that is wrong ends sooner */
const PROVEN_US = 500_000;
/** a new revision that does not listen where the old one did is given this long to do so */
const TAKEOVER_US = 30_000_000;

export function makeFleet(deps: FleetDeps): Fleet {
  const { clock, agent, project } = deps;
  const workloads = new Map<number, Workload>();
  let desired: readonly ServiceSpec[] = [];
  let version = 0;
  let isTold = true; // that this version has settled
  let isQueued = false;
  let isGoingDown = false;
  let isProving = false;
  let onEmpty: (() => void) | undefined;

  const changed = () => {
    if (isQueued) return;
    isQueued = true;
    queueMicrotask(() => {
      isQueued = false;
      deps.onChange();
      step();
    });
  };

  function step(): void {
    for (const action of reconcile(desired, actuals())) perform(action);
    if (workloads.size === 0) onEmpty?.();
    if (isTold) return;
    const { isSettled, failed } = settled(desired, actuals());
    if (!isSettled) {
      proveSoon();
      return;
    }
    isTold = true;
    deps.onSettled(version, failed);
  }

  /** what only time proves is looked at again */
  function proveSoon(): void {
    if (isProving) return;
    isProving = true;
    clock.after(PROVEN_US / 1000, () => {
      isProving = false;
      changed();
    });
  }

  function perform(action: Action): void {
    if (action.type === "create") create(action.id, action.spec);
    else if (action.type === "stop") stop(action.key);
    else if (action.type === "start") workloads.get(action.key)?.start();
    else workloads.get(action.key)?.wait(action.reason);
  }

  function create(id: string, spec: ServiceSpec): void {
    const key = deps.keys.next();
    const identity: WorkloadIdentity = {
      key,
      id,
      service: spec.name,
      version: spec.version,
      identity: spiffeId(project, spec.name),
      address: workloadAddress(key),
      declaredPorts: spec.declaredPorts,
      ...(spec.labels[ZONE_LABEL] && { zone: spec.labels[ZONE_LABEL] }),
    };
    workloads.set(key, makeWorkload(identity, spec, { ...deps, onChange: changed }));
    changed();
  }

  function stop(key: number): void {
    const gone = () => {
      workloads.delete(key);
      changed();
    };
    const workload = workloads.get(key);
    if (!workload) return;
    const drainMs = isGoingDown ? DOWN_DRAIN_MS : Math.max(ROLL_DRAIN_MS, workload.spec().stopGraceMs);
    workload.stop(drainMs).then(gone, gone);
  }

  function actuals(): Actual[] {
    return [...workloads.values()].map((one) => {
      const { key, id, service, revision, state, health, exitCode, restarts, reason, startedAtUs } = one.status();
      return {
        ...{ key, id, service, revision, state, health, restarts, spec: one.spec() },
        ...(exitCode !== undefined && { exitCode }),
        ...(reason !== undefined && { reason }),
        hasStarted: startedAtUs !== undefined,
        isProven: isProven(one.status()),
        isReady: isReady(one.status()),
      };
    });
  }

  const ranUs = ({ startedAtUs }: WorkloadStatus) => clock.nowUs() - (startedAtUs ?? 0);

  function isProven(status: WorkloadStatus): boolean {
    const { state, health } = status;
    return state === "running" && (health === "healthy" || (health === "none" && ranUs(status) >= PROVEN_US));
  }

  function isReady(status: WorkloadStatus): boolean {
    if (!isProven(status)) return false;
    const { key, service, revision, declaredPorts } = status;
    if (ranUs(status) > TAKEOVER_US) return true;
    const own = agent.readyPorts(key);
    const isDeclared = (port: number) => declaredPorts.length === 0 || declaredPorts.includes(port);
    return [...workloads.values()]
      .map((other) => other.status())
      .filter((other) => other.service === service && other.revision !== revision && other.state === "running")
      .every((other) => agent.readyPorts(other.key).every((port) => own.includes(port) || !isDeclared(port)));
  }

  return {
    desire(next, nextVersion) {
      desired = next.services;
      version = nextVersion;
      isTold = false;
      isGoingDown = false;
      for (const one of workloads.values()) {
        const { service, revision, state, exitCode } = one.status();
        const spec = desired.find(({ name }) => name === service);
        if (spec?.revision !== revision) continue;
        one.respecify(spec);
        // to ask again is to try again
        if (state === "failed" || (state === "exited" && exitCode !== 0)) stop(one.key);
      }
      changed();
    },
    statuses: () => [...workloads.values()].map((one) => one.status()),
    tick() {
      for (const one of workloads.values()) one.sample();
      changed();
    },
    look: changed,
    down() {
      desired = [];
      isTold = true;
      isGoingDown = true;
      changed();
      return new Promise((resolve) => {
        onEmpty = resolve;
      });
    },
  };
}
