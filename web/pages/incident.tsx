// One incident: what burned, what happened meanwhile, and why.
import type { Incident } from "../../src/api/types.ts";
import { Problem } from "../components/problem.tsx";
import { SameAs } from "../components/same-as.tsx";
import { Section } from "../components/service/section.tsx";
import { StateMark } from "../components/state-mark.tsx";
import { stillRange } from "../components/why/about.ts";
import { WhyTold } from "../components/why/told.tsx";
import { incidentCommand } from "../data/commands.ts";
import { percent, timeOfDay } from "../data/format.ts";
import { incidentQuestion } from "../data/questions.ts";
import { sentence as asSentence } from "../data/sentence.ts";
import { useAnswer } from "../data/use-answer.tsx";
import { useMesh } from "../data/use-mesh.tsx";

export function IncidentPage({ id }: { readonly id: string }) {
  const { project } = useMesh();
  const question = incidentQuestion(id);
  const { answer: incident, problem } = useAnswer<Incident>(question, true);
  if (problem) {
    return (
      <div className="simple-page">
        <Problem problem={problem} />
      </div>
    );
  }
  if (!incident) return <div className="simple-page" aria-busy="true" />;
  const { objective, state, opened, closed, sentence, budgetLeft, timeline, why, loss } = incident;
  return (
    <div className="simple-page why-page">
      <header className="page-head">
        <StateMark state={state === "open" ? "bad" : "unknown"} isNamed={false} />
        <h1>{`${objective}, ${state}`}</h1>
        <SameAs what="Incident" command={incidentCommand(project, id)} question={question} />
      </header>
      <p className="why-verdict">{asSentence(sentence)}</p>
      <p className="quiet">
        Opened at {timeOfDay(opened)}
        {closed !== undefined && `, closed at ${timeOfDay(closed)}`}.
        {budgetLeft !== undefined &&
          ` ${percent(Math.max(0, budgetLeft))} of the budget ${state === "open" ? "is" : "was"} left.`}
      </p>
      <Section title="What happened">
        <ol className="changes">
          {timeline.map(({ time, what, text }) => (
            <li key={`${time} ${what} ${text}`}>
              <time dateTime={time}>{timeOfDay(time)}</time>
              <span className="tag">{what}</span>
              <span>{text}</span>
            </li>
          ))}
        </ol>
      </Section>
      {why && <WhyTold answer={why} view={{ range: stillRange(why.window), filters: {} }} />}
      {loss && <p>{asSentence(loss.verdict)}</p>}
      {!why && !loss && <p className="quiet">It is not known yet why.</p>}
    </div>
  );
}
