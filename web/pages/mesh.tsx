// The Mesh place: what the mesh itself consists of and costs, and what its figures lack.
import type { Answer, ProcessRow } from "../../src/api/types.ts";
import { Problem } from "../components/problem.tsx";
import { Section } from "../components/service/section.tsx";
import { workloadsCommand } from "../data/commands.ts";
import { bytes, cores, NONE, percent } from "../data/format.ts";
import { PROCESSES } from "../data/questions.ts";
import { useAnswer } from "../data/use-answer.tsx";
import { useCpu } from "../data/use-cpu.ts";
import { useMesh } from "../data/use-mesh.tsx";
import { useView } from "../data/use-view.ts";

const DUTIES: Readonly<Record<ProcessRow["role"], string>> = {
  host: "control, published ports, calls to the outside",
  runner: "starts, checks and stops workloads",
  supervisor: "namespaces, capture, readiness; collects what was seen",
  opener: "opens sockets in namespaces",
  worker: "carries the traffic",
  observatory: "keeps what was seen, answers for it",
};

export function MeshPage() {
  const [view] = useView();
  const { project, health } = useMesh();
  const { answer, problem } = useAnswer<Answer<ProcessRow>>(PROCESSES, view.range.kind === "live");
  const rows = answer?.rows ?? [];
  const cpu = useCpu(answer);
  const memory = rows.reduce((sum, row) => sum + (row.pssBytes ?? 0), 0);
  return (
    <div className="simple-page">
      <header className="page-head">
        <h1>Mesh</h1>
      </header>
      {problem && <Problem problem={problem} />}
      <dl className="headline">
        <Fact name="CPU of the mesh itself" value={cores(cpu.total)} />
        <Fact name="Memory of the mesh itself" value={memory > 0 ? bytes(memory) : NONE} />
        <Fact name="Exchanges counted" value={percent(health?.coverage.spans)} />
      </dl>
      <Section
        title="Processes"
        count={answer && rows.length}
        sameAs={{ what: "Processes", command: workloadsCommand(project), question: PROCESSES }}
      >
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Process</th>
              <th scope="col">Duty</th>
              <th scope="col" className="number">
                Pid
              </th>
              <th scope="col" className="number">
                CPU
              </th>
              <th scope="col" className="number">
                Memory
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.role} ${row.index}`}>
                <th scope="row">
                  {row.role}
                  {row.role === "worker" && <span className="quiet"> {row.index}</span>}
                </th>
                <td className="quiet">{DUTIES[row.role]}</td>
                <td className="number mono">{row.pid}</td>
                <td className="number">{cores(cpu.of(row))}</td>
                <td className="number">{bytes(row.pssBytes ?? row.memoryBytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {answer && rows.length === 0 && <p className="quiet">No agent has reported yet.</p>}
      </Section>
      <Section title="What the figures lack">
        {(health?.coverage.missing ?? []).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        {health?.coverage.missing.length === 0 && (
          <p className="quiet">Nothing: every exchange of this time is counted.</p>
        )}
      </Section>
      <p className="quiet page-note">
        Hosts, certificates and their expiry, problems of the configuration, and the lag of each source will stand here.
      </p>
    </div>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <span className="headline-value">{value}</span>
      </dd>
    </div>
  );
}
