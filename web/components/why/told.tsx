// An answer to why, in the order in which somebody who was woken by it needs it: the sentence, what to do and what changed, who
// it is and by which way, what speaks for that, and at last what it rests on.
import type { WhyAnswer } from "../../../src/api/types.ts";
import { count } from "../../data/format.ts";
import { sentence } from "../../data/sentence.ts";
import type { View } from "../../data/view.ts";
import { Empty } from "../problem.tsx";
import { WhyContrast } from "./contrast.tsx";
import { WhyCourse } from "./course.tsx";
import { WhyEvidence } from "./evidence.tsx";
import { WhyFindings } from "./findings.tsx";
import { WhyFirst } from "./first.tsx";
import { WhyLedger } from "./ledger.tsx";
import { WhyRest } from "./rest.tsx";
import { WhyTraces } from "./traces.tsx";
import { WhyWay } from "./way.tsx";

export type WhyToldProps = {
  readonly answer: WhyAnswer;
  /** whose time its links keep */
  readonly view: View;
  readonly command?: string;
};

export function WhyTold({ answer, view, command }: WhyToldProps) {
  const { state, verdict, confidence, findings, impact, ledger, contrast } = answer;
  const [first] = findings;
  if (state === "as-usual") return <AsUsual answer={answer} />;
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
        {state}, confidence {confidence}.{!verdict.includes(first.sentence) && ` ${sentence(first.sentence)}`}
        {impact && ` ${feltBy(impact)}`}
      </p>
      <WhyFirst {...answer} />
      <WhyWay answer={answer} suspect={first} view={view} />
      <WhyCourse answer={answer} suspect={first} />
      <WhyFindings findings={findings} view={view} />
      <WhyEvidence evidence={first.evidence} service={first.subject.service} />
      {ledger && ledger.rows.length > 0 && <WhyLedger {...ledger} />}
      {contrast && <WhyContrast contrast={contrast} />}
      {contrast && <WhyTraces {...contrast} view={view} />}
      <WhyRest answer={answer} />
    </>
  );
}

/** Nobody is to blame; there is only where the time goes, and what would shorten it. */
function AsUsual({ answer }: { readonly answer: WhyAnswer }) {
  const { verdict, confidence, next, ledger } = answer;
  return (
    <>
      <p className="why-verdict">{sentence(verdict)}</p>
      <p className="quiet">as usual, confidence {confidence}.</p>
      <WhyFirst next={next} />
      {ledger && ledger.rows.length > 0 && <WhyLedger {...ledger} isWell />}
      <WhyRest answer={answer} />
    </>
  );
}

function feltBy({ requests, visitors, among }: NonNullable<WhyAnswer["impact"]>): string {
  const [felt, all] = [count(requests), count(among.requests)];
  return `Felt by ${count(visitors)} of ${count(among.visitors)} visitors, in ${felt} of their ${all} requests.`;
}
