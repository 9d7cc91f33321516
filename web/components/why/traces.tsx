// One of the worst requests beside a usual one of the same route, on one scale: what takes longer is seen at once.
import { Link } from "wouter";
import type { TraceAnswer, WhyAnswer } from "../../../src/api/types.ts";
import { duration } from "../../data/format.ts";
import { traceQuestion } from "../../data/questions.ts";
import { type Answered, useAnswer } from "../../data/use-answer.tsx";
import { placeHref } from "../../data/use-view.ts";
import type { View } from "../../data/view.ts";
import { Section } from "../service/section.tsx";
import { TraceWaterfall } from "../trace/waterfall.tsx";

type Contrast = NonNullable<WhyAnswer["contrast"]>;
type WhyTracesProps = Pick<Contrast, "bad" | "examples"> & { readonly view: View };

export function WhyTraces({ bad, examples, view }: WhyTracesProps) {
  const [badId, ...otherBad] = examples.bad;
  const [goodId, ...otherGood] = examples.good;
  const worst = useAnswer<TraceAnswer>(badId && traceQuestion(badId), false);
  const usual = useAnswer<TraceAnswer>(goodId && traceQuestion(goodId), false);
  const wholeUs = Math.max(worst.answer?.durationUs ?? 0, usual.answer?.durationUs ?? 0);
  if (badId === undefined && goodId === undefined) return null;
  return (
    <Section title={goodId ? `A ${bad} request beside a usual one` : `A ${bad} request`}>
      <div className="why-traces">
        {badId && <OneTrace name={bad === "slow" ? "Slow" : "Failed"} id={badId} {...{ told: worst, wholeUs, view }} />}
        {goodId && <OneTrace name="Usual" id={goodId} {...{ told: usual, wholeUs, view }} />}
      </div>
      <p className="quiet why-keys">
        <Others what={bad} ids={otherBad} view={view} />
        <Others what="usual" ids={otherGood} view={view} />
      </p>
    </Section>
  );
}

type OneTraceProps = {
  readonly name: string;
  readonly id: string;
  readonly told: Answered<TraceAnswer>;
  readonly wholeUs: number;
  readonly view: View;
};

function OneTrace({ name, id, told: { answer: trace, problem }, wholeUs, view }: OneTraceProps) {
  return (
    <figure className="why-trace" aria-label={`${name} request`}>
      <figcaption>
        <span>
          {name}
          {trace && `, ${duration(trace.durationUs / 1000)}`}
        </span>
        {!problem && (
          <Link className="link" href={placeHref(`/trace/${id}`, view)}>
            The whole trace
          </Link>
        )}
      </figcaption>
      {problem && (
        <p className="quiet">{problem.status === 404 ? "Its trace is not kept any more." : problem.detail}</p>
      )}
      {trace && (
        <div className="trace-box">
          <TraceWaterfall trace={trace} wholeUs={wholeUs} />
        </div>
      )}
    </figure>
  );
}

function Others({ what, ids, view }: { readonly what: string; readonly ids: readonly string[]; readonly view: View }) {
  if (ids.length === 0) return null;
  return (
    <span>
      {`Other ${what} ones:`}
      {ids.map((id) => (
        <Link key={id} className="link" href={placeHref(`/trace/${id}`, view)}>
          {id.slice(0, 8)}
        </Link>
      ))}
    </span>
  );
}
