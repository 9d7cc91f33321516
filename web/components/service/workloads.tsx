// The workloads of a service: version, state, readiness, and what each uses of its machine.
import type { Answer, ResourceStep, ResourcesAnswer, WorkloadRow } from "../../../src/api/types.ts";
import { workloadsCommand } from "../../data/commands.ts";
import { bytes, cores, NONE } from "../../data/format.ts";
import { isNamed } from "../../data/names.ts";
import { resourcesQuestion, WORKLOADS } from "../../data/questions.ts";
import { useAnswer } from "../../data/use-answer.tsx";
import { useMesh } from "../../data/use-mesh.tsx";
import type { View } from "../../data/view.ts";
import { Sparkline } from "../chart/sparkline.tsx";
import { Section } from "./section.tsx";

type Workload = {
  readonly name: string;
  readonly version: string;
  readonly state: string;
  readonly isReady: boolean;
  readonly restarts: number;
  readonly points: readonly ResourceStep[];
};

export function Workloads({ view, service }: { readonly view: View; readonly service: string }) {
  const { project } = useMesh();
  const isLive = view.range.kind === "live";
  const question = resourcesQuestion(view, service);
  const resources = useAnswer<ResourcesAnswer>(question, isLive).answer;
  const present = useAnswer<Answer<WorkloadRow>>(WORKLOADS, isLive).answer;
  const workloads = joined(service, present?.rows ?? [], resources?.rows ?? []);
  return (
    <Section
      title="Workloads"
      count={present && workloads.length}
      sameAs={{ what: "Workloads", command: workloadsCommand(project), question }}
    >
      {workloads.length === 0 ? (
        <p className="quiet">{present ? "No workload of this service is known." : "…"}</p>
      ) : (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Workload</th>
              <th scope="col">Version</th>
              <th scope="col">State</th>
              <th scope="col" className="number">
                CPU
              </th>
              <th scope="col" className="number">
                Memory
              </th>
            </tr>
          </thead>
          <tbody>
            {workloads.map((workload) => (
              <WorkloadLine key={workload.name} workload={workload} />
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}

function WorkloadLine({ workload }: { readonly workload: Workload }) {
  const { name, version, state, isReady, restarts, points } = workload;
  const cpu = points.map((point) => point.cpuCores);
  const memory = points.map((point) => point.memoryBytes);
  return (
    <tr>
      <th scope="row" className="mono">
        {name}
      </th>
      <td>{version ? <span className="tag">{version}</span> : NONE}</td>
      <td className={isReady ? undefined : "is-trouble"}>
        {isReady ? "ready" : state === "running" ? "not ready" : state}
        {restarts > 0 && <span className="quiet">, {restarts}× restarted</span>}
      </td>
      <td className="number">
        <Sparkline values={cpu} least={0.05} />
        <span className="figure is-wide">{cores(lastOf(cpu))}</span>
      </td>
      <td className="number">
        <Sparkline values={memory} least={1e6} />
        <span className="figure is-wide">{bytes(lastOf(memory))}</span>
      </td>
    </tr>
  );
}

/** Those that are there now, and those that only were there in this time. */
function joined(service: string, present: readonly WorkloadRow[], seen: ResourcesAnswer["rows"]): Workload[] {
  const points = new Map(seen.map((row) => [row.workload, row]));
  const now = present
    .filter(({ service: name, identity }) => isNamed(service, name, namespaceOf(identity)))
    .map((row) => ({
      name: row.id,
      version: row.version ?? "",
      state: row.state,
      isReady: points.get(row.id)?.points.at(-1)?.isReady ?? row.state === "running",
      restarts: row.restarts,
      points: points.get(row.id)?.points ?? [],
    }));
  const gone = seen
    .filter((row) => !now.some(({ name }) => name === row.workload))
    .map((row) => ({
      name: row.workload,
      version: row.version,
      state: "gone",
      isReady: false,
      restarts: 0,
      points: row.points,
    }));
  return [...now, ...gone].sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}

/** `spiffe://<trust domain>/ns/<namespace>/sa/<account>` */
function namespaceOf(identity: string): string {
  return /\/ns\/([^/]+)\//.exec(identity)?.[1] ?? "";
}

function lastOf(values: readonly (number | undefined)[]): number | undefined {
  return values.findLast((value) => value !== undefined);
}
