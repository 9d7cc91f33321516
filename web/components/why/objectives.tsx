// Objectives: whether what was promised is kept, and the incidents of those that burned.
import { Link } from "wouter";
import type {
  HealthState,
  IncidentRow,
  IncidentsAnswer,
  ObjectiveRow,
  ObjectivesAnswer,
} from "../../../src/api/types.ts";
import { incidentsCommand, objectivesCommand } from "../../data/commands.ts";
import { count, percent, timeOfDay } from "../../data/format.ts";
import { incidentsQuestion, objectivesQuestion } from "../../data/questions.ts";
import { useAnswer } from "../../data/use-answer.tsx";
import { useMesh } from "../../data/use-mesh.tsx";
import { placeHref } from "../../data/use-view.ts";
import type { View } from "../../data/view.ts";
import { Section } from "../service/section.tsx";
import { StateMark } from "../state-mark.tsx";

const SHOWN = 8;

const MARKS: Readonly<Record<ObjectiveRow["state"], HealthState>> = {
  good: "good",
  burning: "bad",
  spent: "warning",
  unknown: "unknown",
};

type Props = { readonly view: View };

/** Nothing where there are none. */
export function Incidents({ view }: Props) {
  const { project } = useMesh();
  const question = incidentsQuestion(view.service);
  const rows = useAnswer<IncidentsAnswer>(question, view.range.kind === "live").answer?.rows ?? [];
  if (rows.length === 0) return null;
  return (
    <Section
      title="Incidents"
      sameAs={{ what: "Incidents", command: incidentsCommand(project, view.service), question }}
    >
      <ul className="why-list">
        {rows.slice(0, SHOWN).map((one) => (
          <IncidentLine key={one.id} incident={one} view={view} />
        ))}
      </ul>
    </Section>
  );
}

/** Nothing where there are none. */
export function Objectives({ view }: Props) {
  const { project } = useMesh();
  const question = objectivesQuestion(view.service);
  const rows = useAnswer<ObjectivesAnswer>(question, view.range.kind === "live").answer?.rows ?? [];
  if (rows.length === 0) return null;
  return (
    <Section
      title="Objectives"
      sameAs={{ what: "Objectives", command: objectivesCommand(project, view.service), question }}
    >
      <ObjectivesTable rows={rows} />
    </Section>
  );
}

function IncidentLine({ incident, view }: { readonly incident: IncidentRow; readonly view: View }) {
  const { id, state, opened, closed, objective, sentence, cause } = incident;
  const until = closed === undefined ? "open" : `until ${timeOfDay(closed)}`;
  return (
    <li>
      <StateMark state={state === "open" ? "bad" : "unknown"} isNamed={false} /> {timeOfDay(opened)}, {until}:{" "}
      <Link className="link" href={placeHref(`/incident/${id}`, view)}>
        {objective}
      </Link>{" "}
      <span className="quiet">{cause ?? sentence}</span>
    </li>
  );
}

function ObjectivesTable({ rows }: { readonly rows: readonly ObjectiveRow[] }) {
  return (
    <table className="table">
      <caption className="for-readers">Objectives, and what is left of their budgets</caption>
      <thead>
        <tr>
          <th scope="col">Objective</th>
          <th scope="col">Of</th>
          <th scope="col">Goal</th>
          <th scope="col">Requests</th>
          <th scope="col">Good</th>
          <th scope="col">Budget left</th>
          <th scope="col">Burn rate</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(
          ({ objective, service, route, journey, goal, state, requests, good, budgetLeft, burnRates: [fastest] }) => (
            <tr key={`${objective} ${service} ${route} ${journey}`}>
              <th scope="row">
                <StateMark state={MARKS[state]} isNamed={false} /> {objective}
                {state !== "good" && <span className="quiet"> {state}</span>}
              </th>
              <td>{journey === undefined ? [service, route].filter(Boolean).join(" ") : `journey ${journey}`}</td>
              <td>{goal}</td>
              <td>{count(Math.round(requests))}</td>
              <td>{percent(good)}</td>
              <td>{budgetLeft !== undefined && budgetLeft < 0 ? "none" : percent(budgetLeft)}</td>
              <td>{fastest ? `${fastest.short.toFixed(1)} of ${fastest.burn}` : "–"}</td>
            </tr>
          ),
        )}
      </tbody>
    </table>
  );
}
