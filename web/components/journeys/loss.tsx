// Why visitors are lost after a step: the sentence, what they met, and the question that it leads to.
import { Link } from "wouter";
import type { LossAnswer } from "../../../src/api/types.ts";
import { lossCommand } from "../../data/commands.ts";
import { count, timeOfDay } from "../../data/format.ts";
import { lossQuestion } from "../../data/questions.ts";
import { sentence } from "../../data/sentence.ts";
import { useMesh } from "../../data/use-mesh.tsx";
import { placeHref, useView } from "../../data/use-view.ts";
import { Command } from "../same-as.tsx";
import { Section } from "../service/section.tsx";

export function Loss({ loss }: { readonly loss: LossAnswer }) {
  const [view] = useView();
  const { project } = useMesh();
  const same = { what: "Why they leave", command: lossCommand(project, view), question: lossQuestion(view) };
  return (
    <Section title={`Why they do not go on after step ${loss.step}`} sameAs={same}>
      <p className="why-verdict" role="status">
        {sentence(loss.verdict)}
      </p>
      {loss.findings.length > 0 && <Findings loss={loss} />}
      {loss.why && (
        <div className="funnel-next">
          <p>
            <Link className="link" href={placeHref("/why", view, { service: loss.why.service })}>
              {loss.why.service}
            </Link>
            : {sentence(loss.why.verdict)}
          </p>
          <Command text={loss.why.command} />
        </div>
      )}
      {loss.segments.length > 0 && <Who loss={loss} />}
      <ul className="why-list quiet">
        {loss.assumptions.map((one) => (
          <li key={one}>Assumed: {one}.</li>
        ))}
      </ul>
    </Section>
  );
}

function Findings({ loss: { findings, lost } }: { readonly loss: LossAnswer }) {
  return (
    <table className="table">
      <caption className="for-readers">What they met, the strongest first</caption>
      <thead>
        <tr>
          <th scope="col">At</th>
          <th scope="col">What</th>
          <th scope="col">Where</th>
          <th scope="col" className="number">
            Met by
          </th>
          <th scope="col">Lost by it</th>
          <th scope="col">Since</th>
        </tr>
      </thead>
      <tbody>
        {findings.map(({ rank, event, what, where, exposed, attributable, interval, since }) => (
          <tr key={rank}>
            <th scope="row">{event}</th>
            <td>{what}</td>
            <td>{where ?? ""}</td>
            <td className="number">{count(Math.round(exposed))}</td>
            <td>
              <meter className="why-share" min={0} max={Math.max(1, lost.visitors)} value={attributable}>
                {count(Math.round(attributable))}
              </meter>{" "}
              {count(Math.round(attributable))}{" "}
              <span className="quiet">
                ({count(Math.max(0, Math.round(interval[0])))} to {count(Math.round(interval[1]))})
              </span>
            </td>
            <td>{since === null ? "" : timeOfDay(since)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Who({ loss: { segments } }: { readonly loss: LossAnswer }) {
  return (
    <table className="table">
      <caption className="for-readers">
        Who is lost more often than others, for no technical reason that is known
      </caption>
      <thead>
        <tr>
          <th scope="col">Lost more often</th>
          <th scope="col">At</th>
          <th scope="col" className="number">
            Visitors
          </th>
          <th scope="col" className="number">
            By
          </th>
        </tr>
      </thead>
      <tbody>
        {segments.map(({ what, event, cases, difference }) => (
          <tr key={what + event}>
            <th scope="row">{what}</th>
            <td>{event}</td>
            <td className="number">{count(cases)}</td>
            <td className="number">+{(difference * 100).toFixed(0)}&thinsp;points</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
