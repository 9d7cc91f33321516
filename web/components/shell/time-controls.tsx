// Which time is shown, and whether it goes on. Pausing holds the range still; it stays in the address.
import { useId, useState } from "react";
import { timeOfDay } from "../../data/format.ts";
import { useView } from "../../data/use-view.ts";
import { paused, type Range, resumed, SINCE } from "../../data/view.ts";
import { Icon } from "../icon.tsx";
import { Popover } from "../popover.tsx";

export function TimeControls() {
  const [view, change] = useView();
  const { range } = view;
  const isLive = range.kind === "live";
  return (
    <div className="time-controls">
      <Popover
        align="end"
        className="button time-range"
        label={
          <>
            <Icon name="clock" size={14} />
            <span>{rangeWords(range)}</span>
            <Icon name="down" size={12} />
          </>
        }
      >
        {(close) => (
          <RangeChoice
            range={range}
            choose={(next) => {
              change({ range: next });
              close();
            }}
          />
        )}
      </Popover>
      <button
        type="button"
        className={`button live-switch ${isLive ? "is-live" : "is-paused"}`}
        aria-pressed={isLive}
        title={isLive ? "Pause (p or space)" : "Go on live (p or space)"}
        onClick={() => change({ range: isLive ? paused(range, Date.now()) : resumed(range) }, { replace: true })}
      >
        {isLive ? <span className="live-dot" /> : <Icon name="play" size={12} />}
        {isLive ? "Live" : "Paused"}
      </button>
    </div>
  );
}

export function rangeWords(range: Range): string {
  if (range.kind === "live") return `Last ${range.since}`;
  const isSameDay = range.from.slice(0, 10) === range.to.slice(0, 10);
  const day = isSameDay ? "" : `${range.from.slice(5, 10)} `;
  return `${day}${timeOfDay(range.from)} – ${timeOfDay(range.to)}`;
}

function RangeChoice({ range, choose }: { readonly range: Range; readonly choose: (range: Range) => void }) {
  const now = range.kind === "still" ? range : paused(range, Date.now());
  const [from, setFrom] = useState(() => localInput(now.kind === "still" ? now.from : ""));
  const [to, setTo] = useState(() => localInput(now.kind === "still" ? now.to : ""));
  const id = useId();
  const isValid = from !== "" && to !== "" && from < to;
  return (
    <div className="range-choice">
      <p className="popover-title">Live, the last</p>
      <div className="range-presets">
        {SINCE.map((since) => (
          <button
            key={since}
            type="button"
            className="button is-small"
            aria-pressed={range.kind === "live" && range.since === since}
            onClick={() => choose({ kind: "live", since })}
          >
            {since}
          </button>
        ))}
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isValid) choose({ kind: "still", from: new Date(from).toISOString(), to: new Date(to).toISOString() });
        }}
      >
        <p className="popover-title">Or a time that is over</p>
        <label htmlFor={`${id}from`}>From</label>
        <input
          id={`${id}from`}
          type="datetime-local"
          step="1"
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
        <label htmlFor={`${id}to`}>To</label>
        <input
          id={`${id}to`}
          type="datetime-local"
          step="1"
          value={to}
          onChange={(event) => setTo(event.target.value)}
        />
        <button type="submit" className="button is-small is-first" disabled={!isValid}>
          Show
        </button>
      </form>
    </div>
  );
}

/** As `datetime-local` writes it, in the zone of who looks. */
function localInput(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "";
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
