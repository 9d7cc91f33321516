import { Popover } from "../components/popover.tsx";
import { STATE_WORDS, StateMark } from "../components/state-mark.tsx";
import { rate } from "../data/format.ts";
import { thickness } from "./shape.ts";

const STATES = ["good", "warning", "bad", "unknown"] as const;
const RATES = [1, 30, 1_000] as const;

/** What the marks and lines mean. */
export function Legend() {
  return (
    <Popover label="Legend" className="button is-small" align="end">
      <div className="legend">
        <p className="popover-title">Services</p>
        <ul>
          {STATES.map((state) => (
            <li key={state}>
              <StateMark state={state} isNamed={false} /> {STATE_WORDS[state]}
            </li>
          ))}
        </ul>
        <p className="legend-note">On a card: requests per second, share that failed, 99th percentile of latency.</p>
        <p className="popover-title">Calls, from left to right</p>
        <ul>
          {RATES.map((one) => (
            <li key={one}>
              <svg width="36" height="10" aria-hidden="true">
                <line
                  className="edge-line"
                  x1="2"
                  x2="34"
                  y1="5"
                  y2="5"
                  style={{ "--width": `${thickness(one)}px` } as React.CSSProperties}
                />
              </svg>
              {rate(one)}
            </li>
          ))}
          <li>
            <svg className="edge is-bad" width="36" height="10" aria-hidden="true">
              <line
                className="edge-line"
                x1="2"
                x2="34"
                y1="5"
                y2="5"
                style={{ "--width": "2.5px" } as React.CSSProperties}
              />
            </svg>
            fails
          </li>
        </ul>
        <p className="legend-note">Point at a call for its rate, p99 and failures; click it for its charts.</p>
      </div>
    </Popover>
  );
}
