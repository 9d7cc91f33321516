// An answer to why: the sentence, who adds it, what speaks for that, what it rests on.
import type { WhyAnswer } from "../../../src/api/types.ts";
import { sentence } from "../../data/sentence.ts";
import { Empty } from "../problem.tsx";
import { WhyContrast } from "./contrast.tsx";
import { WhyEvidence } from "./evidence.tsx";
import { WhyFindings } from "./findings.tsx";
import { WhyLedger } from "./ledger.tsx";
import { WhyRest } from "./rest.tsx";

export function WhyTold({ answer, command }: { readonly answer: WhyAnswer; readonly command?: string }) {
  const { state, verdict, confidence, findings } = answer;
  const [first] = findings;
  if (state === "not-enough-data" || !first) {
    const well = confidence === "low" ? "Nothing new is wrong" : "Nothing is wrong";
    const title = state === "nothing-wrong" ? well : "Not enough is known yet";
    return (
      <Empty icon="why" title={title} {...(command !== undefined && { command })}>
        <p>{sentence(verdict)}</p>
        {state === "nothing-wrong" && answer.next.map(({ say }) => <p key={say}>{sentence(say)}</p>)}
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
