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

export function WhyPage() {
  const [view, change] = useView();
  const { project } = useMesh();
  const question = whyQuestion(view);
  const { answer, problem } = useAnswer<WhyAnswer>(question, false);
  const command = whyCommand(project, view);
  return (
    <div className="simple-page why-page">
      <header className="page-head">
        <h1>{view.service ? `Why ${view.service}` : "Why"}</h1>
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
