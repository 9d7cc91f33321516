// The Why place: why a service is slow or fails, the answer that `meshwise why` gives; and what health says, until there is one.
import type { WhyAnswer } from "../../src/api/types.ts";
import { Problem } from "../components/problem.tsx";
import { SameAs } from "../components/same-as.tsx";
import { WhyMetric } from "../components/why/metric.tsx";
import { Incidents, Objectives } from "../components/why/objectives.tsx";
import { WhyTold } from "../components/why/told.tsx";
import { whyCommand } from "../data/commands.ts";
import { whyQuestion } from "../data/questions.ts";
import { useAnswer } from "../data/use-answer.tsx";
import { useMesh } from "../data/use-mesh.tsx";
import { useView } from "../data/use-view.ts";
import type { View } from "../data/view.ts";

export function WhyPage() {
  const [view, change] = useView();
  const { project } = useMesh();
  const question = whyQuestion(view);
  const { answer, problem } = useAnswer<WhyAnswer>(question, false);
  const command = whyCommand(project, view);
  return (
    <div className="simple-page why-page">
      <header className="page-head">
        <h1>{["Why", ...whatOf(view)].join(" ")}</h1>
        <SameAs what="Why" command={command} question={question} />
      </header>
      <Incidents view={view} />
      <WhyMetric metric={view.metric} choose={(metric) => change({ metric })} />
      {problem && <Problem problem={problem} />}
      {answer && <WhyTold answer={answer} view={view} command={command} />}
      <Objectives view={view} />
    </div>
  );
}

/** `web → cart GET /cart/{id}` */
function whatOf({ service, filters: { source, route } }: View): string[] {
  const ends = [source, service].filter((one) => one !== undefined);
  return [...(ends.length > 0 ? [ends.join(" → ")] : []), ...(route === undefined ? [] : [route])];
}
