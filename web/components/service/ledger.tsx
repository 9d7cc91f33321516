// Where the time of a service's requests went: the mean request as one bar of parts that add up, and the slowest below it.
import type { LedgerAnswer, LedgerRow, Ledger as Parts } from "../../../src/api/types.ts";
import { ledgerCommand } from "../../data/commands.ts";
import { duration, percent, plural } from "../../data/format.ts";
import { ledgerQuestion } from "../../data/questions.ts";
import { useAnswer } from "../../data/use-answer.tsx";
import { useMesh } from "../../data/use-mesh.tsx";
import type { View } from "../../data/view.ts";
import { Problem } from "../problem.tsx";
import { Section } from "./section.tsx";

export function Ledger({ view, service }: { readonly view: View; readonly service: string }) {
  const { project } = useMesh();
  const { route } = view.filters;
  const question = ledgerQuestion(view, service, route);
  const { answer, problem } = useAnswer<LedgerAnswer>(question, false);
  const command = ledgerCommand(project, view.range, service, route);
  return (
    <Section title="Where the time goes" sameAs={{ what: "Where the time goes", command, question }}>
      {problem && <Problem problem={problem} />}
      {!answer && !problem && <p className="quiet">…</p>}
      {answer && <Told answer={answer} />}
    </Section>
  );
}

function Told({ answer: { all, slow, confidence, how, missing } }: { readonly answer: LedgerAnswer }) {
  if (all.requests === 0) return <p className="quiet">No request was seen in this time.</p>;
  const slowest = new Map(slow?.rows.map((row) => [nameOf(row), row]));
  return (
    <>
      <Bar name={`Mean of ${plural(Math.round(all.requests), "request")}`} of={all} />
      {slow && <Bar name={`The slowest, from ${duration(slow.fromMs)} on`} of={slow} />}
      <table className="table ledger">
        <caption className="for-readers">Parts of a request</caption>
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col" className="number">
              Mean
            </th>
            <th scope="col" className="number">
              Share
            </th>
            {slow && (
              <th scope="col" className="number">
                Slowest
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {all.rows.map((row) => (
            <tr key={nameOf(row)}>
              <th scope="row">
                <i className="ledger-part" data-part={row.part} /> {nameOf(row)}
              </th>
              <td className="number">{duration(row.ms)}</td>
              <td className="number">{percent(row.share)}</td>
              {slow && <td className="number">{duration(slowest.get(nameOf(row))?.ms)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      <details className="quiet">
        <summary>How it was found; confidence is {confidence}</summary>
        <ul>
          {how.map((sentence) => (
            <li key={sentence}>{sentence}.</li>
          ))}
          {missing.map(({ signal, enable }) => (
            <li key={signal}>
              Not seen here: {signal}; needs {enable}.
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

function Bar({ name, of }: { readonly name: string; readonly of: Parts }) {
  return (
    <figure className="ledger-bar">
      <figcaption>
        {name} <b>{duration(of.meanMs)}</b>
      </figcaption>
      <div aria-hidden="true">
        {of.rows.map((row) => (
          <i
            key={nameOf(row)}
            className="ledger-part"
            data-part={row.part}
            title={`${nameOf(row)} ${duration(row.ms)}`}
            style={{ flexGrow: row.share }}
          />
        ))}
      </div>
    </figure>
  );
}

function nameOf({ part, of }: LedgerRow): string {
  return of === undefined ? part : `${part} (${of})`;
}
