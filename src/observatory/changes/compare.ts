// What changed, read from what agents say each second: which workloads of which version there are, how often each was
// started again. Nobody has to announce a deployment, so none is missed because somebody did not.
import type { Change, ChangeKind } from "../../model/change.ts";
import type { WorkloadSample } from "../../model/telemetry.ts";

export type Watch = {
  /** the changes since the sample before; the first one tells what there is */
  take(seen: Seen): Change[];
};

/** What there is, as all agents say. */
export type Seen = {
  readonly atUs: number;
  readonly project: string;
  readonly services: readonly { readonly name: string; readonly namespace: string }[];
  readonly workloads: readonly WorkloadSample[];
};

/** What was last seen of a service. */
type Service = {
  readonly versions: ReadonlyMap<Revision, string>;
  /** to which it was rolled last: while it is being rolled it has workloads of others too */
  readonly latest: Revision;
  /** once the roll is over */
  readonly count: number;
};
type Revision = string;

export function watchChanges(): Watch {
  let services = new Map<string, Service>();
  let workloads = new Map<number, WorkloadSample>();

  return {
    take(sample) {
      const found: Change[] = [];
      const there = Map.groupBy(sample.workloads.filter(isThere), ({ service }) => service);
      // who looks for the first time, or before the first workload is made, sees no change
      const isFirst = services.size === 0;
      const next = new Map<string, Service>();
      for (const name of new Set([...services.keys(), ...there.keys()])) {
        const before = services.get(name);
        const own = there.get(name) ?? [];
        const [after, change] = before ? compare(before, own) : arrival(own);
        // what was scaled to none is not new when it comes back
        if (own.length > 0 || sample.services.some((one) => one.name === name)) next.set(name, after);
        if (!change || isFirst) continue;
        const of = { namespace: namespaceOf(sample, name), service: name, workload: "" };
        found.push({ atUs: sample.atUs, ...of, ...change });
      }
      for (const one of sample.workloads) {
        const before = workloads.get(one.key);
        if (before) found.push(...troubles(before, one, sample));
      }
      services = next;
      workloads = new Map(sample.workloads.map((one) => [one.key, one]));
      return found;
    },
  };
}

/** Not one that was told to go; a job that has done its work is there until it is told. */
function isThere({ state, exitCode }: WorkloadSample): boolean {
  return state !== "stopping" && !(state === "exited" && exitCode === undefined);
}

type What = Pick<Change, "kind" | "version" | "text">;

function compare(before: Service, own: readonly WorkloadSample[]): [Service, What?] {
  const count = own.length;
  const scaled = (latest: Revision, versions = before.versions): [Service, What?] => {
    const after = { versions, latest, count };
    if (count === before.count) return [after];
    return [after, { kind: "scaling", version: "", text: `from ${before.count} to ${workloadsOf(count)}` }];
  };
  if (count === 0) return scaled(before.latest);
  const versions = versionsOf(own);
  const fresh = [...versions.keys()].find((revision) => !before.versions.has(revision));
  const isTakenBack = !versions.has(before.latest);
  if (fresh === undefined && !isTakenBack) {
    // while it is rolled the number goes up and down
    return versions.size > 1 ? [{ ...before, versions }] : scaled(before.latest, versions);
  }
  const latest = fresh ?? ([...versions.keys()].at(-1) as Revision);
  const [version, old] = [versions.get(latest) ?? "", before.versions.get(before.latest) ?? ""];
  const text = version === old ? `rolled, version ${version} again` : `version ${version} after ${old}`;
  const after = { versions, latest, count: versions.size > 1 ? before.count : count };
  return [after, { kind: "deployment", version, text }];
}

function arrival(own: readonly WorkloadSample[]): [Service, What] {
  const versions = versionsOf(own);
  const [latest, version] = [...versions].at(-1) as [Revision, string];
  const text = `new, ${workloadsOf(own.length)}${version === "" ? "" : ` of version ${version}`}`;
  return [
    { versions, latest, count: own.length },
    { kind: "deployment", version, text },
  ];
}

function versionsOf(own: readonly WorkloadSample[]): Map<Revision, string> {
  return new Map(own.map(({ revision, version }) => [revision, version]));
}

function troubles(before: WorkloadSample, now: WorkloadSample, sample: Seen): Change[] {
  const { id, service, version, state, health, restarts, exitCode, lastEnd, reason } = now;
  const because = (text: string | undefined) => (text ? `: ${text}` : "");
  const became = (what: WorkloadSample["state"]) => state === what && before.state !== what;
  const told: [ChangeKind, string][] = [];
  const killed = (now.resources?.oomKills ?? 0) - (before.resources?.oomKills ?? 0);
  if (killed > 0) {
    const many = killed === 1 ? "a process" : `${killed} processes`;
    told.push(["oom", `the kernel ended ${many} of ${id} for want of memory`]);
  }
  if (restarts > before.restarts) told.push(["restart", `${id} was started again${because(lastEnd)}`]);
  else if (became("failed")) told.push(["failure", `${id} could not be started${because(reason)}`]);
  else if (became("exited") && exitCode) told.push(["failure", `${id} has ended${because(reason)}`]);
  else if (health === "unhealthy" && before.health !== health) {
    told.push(["failure", `${id} became unhealthy${because(reason)}`]);
  }
  const of = { atUs: sample.atUs, namespace: namespaceOf(sample, service), service, workload: id, version };
  return told.map(([kind, text]) => ({ ...of, kind, text }));
}

function namespaceOf({ services, project }: Seen, service: string): string {
  return services.find(({ name }) => name === service)?.namespace ?? project;
}

function workloadsOf(count: number): string {
  return count === 1 ? "1 workload" : `${count} workloads`;
}
