// Traces in which a service was asked: the slowest, those that failed, the newest.
import { useState } from "react";
import { Link } from "wouter";
import type { Answer, TraceRow } from "../../../src/api/types.ts";
import { tracesCommand } from "../../data/commands.ts";
import { duration, percent, plural, timeOfDay } from "../../data/format.ts";
import { type TraceChoice, tracesQuestion } from "../../data/questions.ts";
import { useAnswer } from "../../data/use-answer.tsx";
import { useMesh } from "../../data/use-mesh.tsx";
import { placeHref } from "../../data/use-view.ts";
import type { View } from "../../data/view.ts";
import { Section } from "../service/section.tsx";

const CHOICES: readonly { readonly choice: TraceChoice; readonly name: string }[] = [
  { choice: "slow", name: "Slowest" },
  { choice: "failed", name: "Failed" },
  { choice: "newest", name: "Newest" },
];

export function TraceExamples({ view, service }: { readonly view: View; readonly service: string }) {
  const { project } = useMesh();
  const [choice, setChoice] = useState<TraceChoice>("slow");
  const question = tracesQuestion(view, service, choice);
  const { answer } = useAnswer<Answer<TraceRow>>(question, false);
  const command = tracesCommand(project, view.range, service, choice);
  return (
    <Section title="Traces" sameAs={{ what: "Traces", command, question }}>
      <fieldset className="choices">
        <legend className="for-readers">Which traces</legend>
        {CHOICES.map(({ choice: one, name }) => (
          <button
            key={one}
            type="button"
            className={`button is-small ${one === choice ? "is-on" : ""}`}
            aria-pressed={one === choice}
            onClick={() => setChoice(one)}
          >
            {name}
          </button>
        ))}
      </fieldset>
      {answer?.rows.length === 0 && <p className="quiet">None in this time.</p>}
      {answer && answer.rows.length > 0 && (
        <table className="table">
          <caption className="for-readers">Traces</caption>
          <tbody>
            {answer.rows.map((row) => (
              <tr key={row.traceId}>
                <th scope="row" className="trace-example">
                  <Link className="link" href={placeHref(`/trace/${row.traceId}`, view)}>
                    {timeOfDay(row.time)} {row.method} {row.path}
                  </Link>
                </th>
                <td className="quiet">
                  {plural(row.calls, "call")}
                  {row.confidence < 1 && `, ${percent(Math.floor(row.confidence * 100) / 100)} sure`}
                </td>
                <td className={row.failures > 0 ? "is-trouble" : "quiet"}>
                  {row.failures > 0 && `${row.failures} failed`}
                </td>
                <td className="number">{duration(row.durationUs / 1000)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}
