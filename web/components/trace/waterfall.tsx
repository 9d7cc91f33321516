// The calls of a trace, one under the other, each where it ran: solid where the whole trace waited for it. A row opens to all
// that is known of the call; arrows go from row to row, left and right fold what is under one. What instrumented services say
// of their own work stands under the call that it was done for, and is told apart: nobody but they saw it.
import { type KeyboardEvent, useState } from "react";
import type { AppSpan, TraceAnswer, TraceSpan } from "../../../src/api/types.ts";
import { duration, percent } from "../../data/format.ts";
import { Icon } from "../icon.tsx";
import { ExchangeDetails } from "../requests/details.tsx";
import { barOf, linesOf, ownBarOf, type Stretch, ticks, waitsOf } from "./picture.ts";

const COLUMNS = 5;

export type TraceWaterfallProps = {
  readonly trace: TraceAnswer;
  /** how long the whole width is, when two are held against each other; else as long as the trace */
  readonly wholeUs?: number;
};

export function TraceWaterfall({ trace, wholeUs = trace.durationUs }: TraceWaterfallProps) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState<string>();
  const fold = (spanId: string, isFolded: boolean) => {
    const next = new Set(folded);
    if (isFolded) next.add(spanId);
    else next.delete(spanId);
    setFolded(next);
  };
  return (
    <table className="table trace-table" onKeyDown={(event) => moveOn(event, fold)}>
      <caption className="for-readers">Calls of the trace, each under the request that it was made for</caption>
      <thead>
        <tr>
          <th scope="col">Call</th>
          <th scope="col">Status</th>
          <th scope="col" className="trace-sure">
            Link
          </th>
          <th scope="col" className="number">
            Time
          </th>
          <th scope="col" className="trace-track">
            <Ticks wholeUs={wholeUs} />
          </th>
        </tr>
      </thead>
      <tbody>
        {linesOf(trace, folded).map((line) => {
          if ("own" in line) {
            return <OwnRow key={`own ${line.own.spanId}`} {...line} traceUs={trace.durationUs} wholeUs={wholeUs} />;
          }
          const { call, isParent } = line;
          return (
            <Row
              key={call.spanId}
              span={call}
              trace={trace}
              wholeUs={wholeUs}
              isFolded={isParent ? folded.has(call.spanId) : undefined}
              fold={(isFolded) => fold(call.spanId, isFolded)}
              isOpen={open === call.spanId}
              toggle={() => setOpen(open === call.spanId ? undefined : call.spanId)}
            />
          );
        })}
      </tbody>
    </table>
  );
}

function Row(props: {
  readonly span: TraceSpan;
  readonly trace: TraceAnswer;
  readonly wholeUs: number;
  /** undefined: there is nothing under it */
  readonly isFolded: boolean | undefined;
  readonly fold: (isFolded: boolean) => void;
  readonly isOpen: boolean;
  readonly toggle: () => void;
}) {
  const { span, trace, wholeUs, isFolded, fold, isOpen, toggle } = props;
  const hasFailed = span.status >= 500 || span.error !== undefined;
  return (
    <>
      <tr className={`trace-row ${hasFailed ? "has-failed" : ""} ${isOpen ? "is-open" : ""}`}>
        <th scope="row" className="trace-call">
          <div style={{ paddingLeft: `${span.depth * 18}px` }}>
            {isFolded === undefined ? (
              <span className="trace-leaf" />
            ) : (
              <button
                type="button"
                className="trace-fold"
                tabIndex={-1}
                aria-label={`${isFolded ? "Show" : "Hide"} what ${span.destination} did`}
                onClick={() => fold(!isFolded)}
              >
                <Icon name={isFolded ? "right" : "down"} size={12} />
              </button>
            )}
            <button
              type="button"
              className="trace-name"
              aria-expanded={isOpen}
              data-span={span.spanId}
              onClick={toggle}
              title={`${span.sourceWorkload || span.source} → ${span.destinationWorkload || span.destination}`}
            >
              <span className="trace-service">{span.destination}</span>
              <span className="trace-what">{`${span.method || span.protocol} ${span.path}`.trimEnd()}</span>
            </button>
          </div>
        </th>
        <td className="trace-status" title={span.error}>
          {[span.status || "", span.error ?? ""].filter(Boolean).join(" ")}
        </td>
        <td className="trace-sure">
          <Sure span={span} />
        </td>
        <td className="number">{duration(span.durationUs / 1000)}</td>
        <td className="trace-track">
          <span className="trace-bar" style={placed(barOf(span, wholeUs))} />
          {waitsOf(span, trace, wholeUs).map((wait) => (
            <span key={wait.from} className="trace-wait" style={placed(wait)} />
          ))}
        </td>
      </tr>
      {isOpen && (
        <tr className="request-more">
          <td colSpan={COLUMNS}>
            <p className="trace-own">
              {duration(span.selfUs / 1000)} in itself, of which the trace waited for {duration(span.criticalUs / 1000)}
            </p>
            <ExchangeDetails row={span} />
          </td>
        </tr>
      )}
    </>
  );
}

function OwnRow(props: {
  readonly own: AppSpan;
  readonly depth: number;
  readonly traceUs: number;
  readonly wholeUs: number;
}) {
  const { own, depth, traceUs, wholeUs } = props;
  const hasFailed = own.status === "error";
  return (
    <tr className={`trace-row is-own ${hasFailed ? "has-failed" : ""}`}>
      <th scope="row" className="trace-call">
        <div style={{ paddingLeft: `${depth * 18}px` }}>
          <span className="trace-leaf" />
          <span className="trace-name" title={`${own.instance || own.service}, ${own.kind}, ${own.spanId}`}>
            <span className="trace-service">{own.service}</span>
            <span className="trace-what">{own.name}</span>
          </span>
        </div>
      </th>
      <td className="trace-status">{hasFailed && (own.message || "error")}</td>
      <td className="trace-sure">
        <span title="The service says so itself, by OTLP and by its own clock">told</span>
      </td>
      <td className="number">{duration(own.durationUs / 1000)}</td>
      <td className="trace-track">
        <span className="trace-bar" style={placed(ownBarOf(own, traceUs, wholeUs))} />
      </td>
    </tr>
  );
}

/** How sure it is that the call stands under the right request, as a word and as a gauge. */
function Sure({ span: { link, confidence } }: { readonly span: TraceSpan }) {
  if (link === "root") return null;
  if (link === "sent") return <span title="The service passed the trace on">sent</span>;
  if (link === "unknown") return <span className="is-doubtful">?</span>;
  return (
    <span
      className={`sure ${confidence < 0.8 ? "is-doubtful" : ""}`}
      title="How sure it is that the call belongs there"
    >
      <span className="sure-gauge" aria-hidden="true">
        <span style={{ width: `${confidence * 100}%` }} />
      </span>
      {percent(Math.floor(confidence * 100) / 100)}
    </span>
  );
}

function Ticks({ wholeUs }: { readonly wholeUs: number }) {
  return (
    <>
      <span className="for-readers">When</span>
      {ticks(wholeUs).map((at) => (
        <span
          key={at}
          className={`trace-tick ${at > 0.8 * wholeUs ? "is-left" : ""}`}
          style={{ left: `${(at / wholeUs) * 100}%` }}
          aria-hidden="true"
        >
          {at === 0 ? "0" : duration(at / 1000)}
        </span>
      ))}
    </>
  );
}

function placed({ from, width }: Stretch) {
  // what came last and was short is seen, too
  return { left: `min(${from * 100}%, 100% - 2px)`, width: `max(2px, ${width * 100}%)` };
}

function moveOn(event: KeyboardEvent<HTMLTableElement>, fold: (spanId: string, isFolded: boolean) => void): void {
  const name = (event.target as HTMLElement).closest<HTMLElement>("[data-span]");
  if (!name) return;
  const names = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-span]")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step !== undefined) names[names.indexOf(name) + step]?.focus();
  else if (event.key === "ArrowLeft" || event.key === "ArrowRight")
    fold(name.dataset.span ?? "", event.key === "ArrowLeft");
  else return;
  event.preventDefault();
}
