// The Journeys place: what visitors come for, how many come through, where they are lost, and why.
import type { FunnelAnswer, JourneysAnswer, LossAnswer } from "../../src/api/types.ts";
import { FunnelChoice } from "../components/journeys/choice.tsx";
import { DropOffPaths } from "../components/journeys/drop-off.tsx";
import { Loss } from "../components/journeys/loss.tsx";
import { FunnelSegments } from "../components/journeys/segments.tsx";
import { FunnelSteps } from "../components/journeys/steps.tsx";
import { FunnelTimes } from "../components/journeys/times.tsx";
import { FunnelTrend } from "../components/journeys/trend.tsx";
import { Empty, Problem } from "../components/problem.tsx";
import { SameAs } from "../components/same-as.tsx";
import { Section } from "../components/service/section.tsx";
import { funnelCommand, journeysCommand } from "../data/commands.ts";
import { funnelQuestion, journeysQuestion, lossQuestion } from "../data/questions.ts";
import { sentence } from "../data/sentence.ts";
import { useAnswer } from "../data/use-answer.tsx";
import { useBeat } from "../data/use-beat.ts";
import { useMesh } from "../data/use-mesh.tsx";
import { useView } from "../data/use-view.ts";

export function JourneysPage() {
  const [view] = useView();
  const { project } = useMesh();
  const beat = useBeat(view.range.kind === "live");
  const question = journeysQuestion(view);
  const journeys = useAnswer<JourneysAnswer>(question, false, beat).answer;
  const isThere = journeys && (view.funnel !== undefined || journeys.declared.length + journeys.funnels.length > 0);
  return (
    <div className="simple-page journeys-page">
      <header className="page-head">
        <h1>Journeys</h1>
        <SameAs what="Journeys" command={journeysCommand(project, view)} question={question} />
      </header>
      {journeys && !isThere && (
        <Empty icon="journeys" title="No goal stands out yet" command={journeysCommand(project, view)}>
          <p>
            {sentence(journeys.verdict)} What visitors come for is found in what comes in through published ports, once
            some dozens of them came through.
          </p>
        </Empty>
      )}
      {isThere && <Told journeys={journeys} beat={beat} />}
    </div>
  );
}

function Told({ journeys, beat }: { readonly journeys: JourneysAnswer; readonly beat: number }) {
  const [view] = useView();
  const { project } = useMesh();
  const { answer: funnel, problem } = useAnswer<FunnelAnswer>(funnelQuestion(view), false, beat);
  const { answer: loss } = useAnswer<LossAnswer>(lossQuestion(view), false, beat);
  const same = { what: "Funnel", command: funnelCommand(project, view), question: funnelQuestion(view) };
  const step = view.step ?? loss?.step ?? 1;
  return (
    <>
      <FunnelChoice journeys={journeys} chosen={view.funnel ?? funnel?.definition.steps.join(" > ") ?? ""} />
      {problem && <Problem problem={problem} />}
      {funnel && (
        <Section title={funnel.name ?? "Funnel"} sameAs={same}>
          <p className="why-verdict">{sentence(funnel.verdict)}</p>
          <FunnelSteps funnel={funnel.funnel} chosen={step} />
        </Section>
      )}
      {loss && <Loss loss={loss} />}
      {funnel && (
        <>
          <DropOffPaths dropOff={funnel.dropOff} step={step} />
          <FunnelTrend trend={funnel.trend} changes={funnel.changes} />
          <FunnelTimes timeToConvert={funnel.overall.timeToConvert} />
          <FunnelSegments segments={funnel.segments} />
          <Section title="Who is counted">
            <ul className="why-list quiet">
              {[...funnel.seen.notes, ...funnel.assumptions].map((one) => (
                <li key={one}>{sentence(one)}</li>
              ))}
            </ul>
          </Section>
        </>
      )}
    </>
  );
}
