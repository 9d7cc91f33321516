// One trace: what a request caused, who waited for whom, and how sure that is.
import { useEffect, useState } from "react";
import type { TraceAnswer } from "../../src/api/types.ts";
import { CopyButton } from "../components/copy-button.tsx";
import { Problem } from "../components/problem.tsx";
import { SameAs } from "../components/same-as.tsx";
import { TraceWaterfall } from "../components/trace/waterfall.tsx";
import { traceCommand } from "../data/commands.ts";
import { duration, NONE, percent, plural, timeOfDay } from "../data/format.ts";
import { traceQuestion } from "../data/questions.ts";
import { useAnswer } from "../data/use-answer.tsx";
import { useMesh } from "../data/use-mesh.tsx";

export function TracePage({ id }: { readonly id: string }) {
  const { project } = useMesh();
  const question = traceQuestion(id);
  const [isGrowing, setGrowing] = useState(true);
  const { answer: trace, problem } = useAnswer<TraceAnswer>(question, isGrowing);
  // calls may be added for some seconds; after that nothing changes any more
  const isSettled =
    problem !== undefined || (trace !== undefined && !trace.missing.some((what) => what.includes("added")));
  useEffect(() => {
    if (isSettled) setGrowing(false);
  }, [isSettled]);
  if (problem) {
    return (
      <div className="simple-page">
        <Problem problem={problem} />
      </div>
    );
  }
  if (!trace) return <div className="simple-page" aria-busy="true" />;
  const [first] = trace.spans;
  return (
    <div className="service-page trace-page">
      <header className="page-head">
        <h1>{first?.method ? `${first.method} ${first.path}` : `${first?.source} → ${first?.destination}`}</h1>
        <SameAs what="Trace" command={traceCommand(project, trace.traceId)} question={question} />
      </header>
      <p className="trace-id quiet">
        <code>{trace.traceId}</code>
        <CopyButton text={trace.traceId} what="the trace id" />
      </p>
      <Headline trace={trace} />
      {trace.missing.map((what) => (
        <p key={what} className="trace-note quiet">
          {what.charAt(0).toUpperCase() + what.slice(1)}.
        </p>
      ))}
      <div className="trace-box">
        <TraceWaterfall trace={trace} />
      </div>
      <p className="trace-legend quiet">
        <span className="trace-key is-wait" /> the whole trace waited here
        <span className="trace-key" /> ran beside something that took longer, or waited for its own calls
        {trace.appSpans.length > 0 && (
          <>
            <span className="trace-key is-own" /> told by the service itself, not seen by the mesh
          </>
        )}
      </p>
    </div>
  );
}

function Headline({ trace }: { readonly trace: TraceAnswer }) {
  const longest = trace.spans.toSorted((a, b) => b.criticalUs - a.criticalUs)[0];
  const isInferred = trace.spans.some(({ link }) => link === "inferred");
  return (
    <dl className="headline trace-headline">
      <Figure name="Took" value={duration(trace.durationUs / 1000)} more={`at ${timeOfDay(trace.time, 3)}`} />
      <Figure
        name="Calls"
        value={String(trace.spans.length)}
        more={`to ${plural(trace.services.length, "service")}${trace.failures > 0 ? `, ${trace.failures} failed` : ""}`}
        isTrouble={trace.failures > 0}
      />
      <Figure
        name="Waited longest for"
        value={longest?.destination ?? NONE}
        more={longest ? `${duration(longest.criticalUs / 1000)} of its own` : ""}
      />
      <Figure
        name="Weakest link"
        value={isInferred ? percent(Math.floor(trace.confidence * 100) / 100) : "certain"}
        more={isInferred ? "sure; found by time and content" : "nothing had to be inferred"}
      />
    </dl>
  );
}

function Figure(props: {
  readonly name: string;
  readonly value: string;
  readonly more: string;
  readonly isTrouble?: boolean;
}) {
  const { name, value, more, isTrouble = false } = props;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <span className="headline-value">{value}</span>
        <span className={`headline-more ${isTrouble ? "is-trouble" : ""}`}>{more}</span>
      </dd>
    </div>
  );
}
