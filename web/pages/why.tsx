// The Why place: why a service is slow or fails, the answer that `meshwise why` gives; and what health says, until there is one.
import type { WhyAnswer } from "../../src/api/types.ts";
import { Empty, Problem } from "../components/problem.tsx";
import { SameAs } from "../components/same-as.tsx";
import { WhyContrast } from "../components/why/contrast.tsx";
import { WhyEvidence } from "../components/why/evidence.tsx";
import { WhyFindings } from "../components/why/findings.tsx";
import { WhyLedger } from "../components/why/ledger.tsx";
import { WhyRest } from "../components/why/rest.tsx";
import { whyCommand } from "../data/commands.ts";
import { whyQuestion } from "../data/questions.ts";
import { sentence } from "../data/sentence.ts";
import { useAnswer } from "../data/use-answer.tsx";
import { useMesh } from "../data/use-mesh.tsx";
import { useView } from "../data/use-view.ts";

export function WhyPage() {
  const [view] = useView();
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
      {problem && <Problem problem={problem} />}
      {answer && <Told answer={answer} command={command} />}
    </div>
  );
}

function Told({ answer, command }: { readonly answer: WhyAnswer; readonly command: string }) {
  const { state, verdict, confidence, findings } = answer;
  const [first] = findings;
  if (state === "not-enough-data" || !first) {
    const title = state === "nothing-wrong" ? "Nothing is wrong" : "Not enough is known yet";
    return (
      <Empty icon="why" title={title} command={command}>
        <p>{sentence(verdict)}</p>
      </Empty>
    );
  }
  return (
    <>
      <p className="why-verdict">{sentence(verdict)}</p>
      <p className="quiet">
        {state}, confidence {confidence}. {sentence(first.sentence)}
      </p>
      <WhyFindings findings={findings} />
      <WhyEvidence evidence={first.evidence} service={first.subject.service} />
      {answer.ledger && answer.ledger.rows.length > 0 && <WhyLedger {...answer.ledger} />}
      {answer.contrast && <WhyContrast contrast={answer.contrast} />}
      <WhyRest answer={answer} />
    </>
  );
}
