// What changed, read from what agents say each second: which workloads of which version there are, how often each was
// started again. Nobody has to announce a deployment, so none is missed because somebody did not.
import type { Change } from "../../model/change.ts";
import { isWanted } from "../../model/readiness.ts";
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

/** What was last settled of a service: between two revisions it has workloads of both. */
type Service = { readonly revisions: ReadonlyMap<string, string>; readonly count: number };

export function watchChanges(): Watch {
  let services: Map<string, Service> | undefined;
  let workloads = new Map<number, WorkloadSample>();

  return {
    take(sample) {
      const wanted = sample.workloads.filter((one) => isWanted(one) && one.state !== "stopping");
      const bare = { atUs: sample.atUs, workload: "", version: "" };
      const found: Change[] = [];
      const now = new Map<string, Service>();
      for (const [name, own] of Map.groupBy(wanted, ({ service }) => service)) {
        const before = services?.get(name);
        const after = serviceOf(own);
        const of = { ...bare, namespace: namespaceOf(sample, name), service: name };
        const deployed = before ? deployment(before, after) : arrival(after);
        if (deployed) found.push({ ...of, kind: "deployment", ...deployed });
        else if (before && after.revisions.size === 1 && before.count !== after.count) {
          found.push({ ...of, kind: "scaling", text: `from ${before.count} to ${workloadsOf(after.count)}` });
        }
        // while it is rolled the number goes up and down
        now.set(name, before && after.revisions.size > 1 ? { ...after, count: before.count } : after);
      }
      for (const [name, before] of services ?? []) {
        if (now.has(name)) continue;
        const of = { ...bare, namespace: namespaceOf(sample, name), service: name };
        found.push({ ...of, kind: "scaling", text: `from ${before.count} to ${workloadsOf(0)}` });
      }
      for (const one of sample.workloads) found.push(...troubles(workloads.get(one.key), one, sample));

      const isFirst = services === undefined;
      services = now;
      workloads = new Map(sample.workloads.map((one) => [one.key, one]));
      return isFirst ? [] : found;
    },
  };
}

function serviceOf(own: readonly WorkloadSample[]): Service {
  return { revisions: new Map(own.map(({ revision, version }) => [revision, version])), count: own.length };
}

function arrival({ revisions, count }: Service): Pick<Change, "version" | "text"> {
  const version = [...revisions.values()].at(-1) ?? "";
  return { version, text: `new, ${workloadsOf(count)}${version === "" ? "" : ` of version ${version}`}` };
}

function deployment(before: Service, after: Service): Pick<Change, "version" | "text"> | undefined {
  const [revision, version] = [...after.revisions].find(([one]) => !before.revisions.has(one)) ?? [];
  if (revision === undefined || version === undefined) return undefined;
  const old = [...new Set(before.revisions.values())].join(", ");
  return { version, text: version === old ? `rolled, version ${version} again` : `version ${version} after ${old}` };
}

function troubles(before: WorkloadSample | undefined, now: WorkloadSample, sample: Seen): Change[] {
  const of = {
    atUs: sample.atUs,
    namespace: namespaceOf(sample, now.service),
    service: now.service,
    workload: now.id,
    version: now.version,
  };
  const why = now.reason ? `: ${now.reason}` : "";
  if (before && now.restarts > before.restarts) {
    const code = now.exitCode ?? before.exitCode;
    return [
      {
        ...of,
        kind: "restart",
        text: `${now.id} was started again${code === undefined ? "" : ` after exit code ${code}`}${why}`,
      },
    ];
  }
  if (before && before.state !== "failed" && now.state === "failed") {
    return [{ ...of, kind: "failure", text: `${now.id} could not be started${why}` }];
  }
  if (before && before.health !== "unhealthy" && now.health === "unhealthy") {
    return [{ ...of, kind: "failure", text: `${now.id} became unhealthy${why}` }];
  }
  return [];
}

function namespaceOf({ services, project }: Seen, service: string): string {
  return services.find(({ name }) => name === service)?.namespace ?? project;
}

function workloadsOf(count: number): string {
  return count === 1 ? "1 workload" : `${count} workloads`;
}
