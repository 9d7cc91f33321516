// The funnel: how many came to each step, and how many were lost after it. A click on a loss asks why.
import { Fragment } from "react";
import type { FunnelAnswer } from "../../../src/api/types.ts";
import { count, duration, percent } from "../../data/format.ts";
import { useView } from "../../data/use-view.ts";

export function FunnelSteps({ funnel, chosen }: { readonly funnel: FunnelAnswer["funnel"]; readonly chosen: number }) {
  const [, change] = useView();
  // what is found may be another funnel in a minute: a step is one of the funnel that is seen now
  const names = funnel.map(({ name }) => name).join(" > ");
  return (
    <ol className="funnel-steps">
      {funnel.map(({ step, name, entered, share, lost, rate, interval, medianSeconds }) => (
        <Fragment key={step}>
          <li className="funnel-step">
            <span className="funnel-name">
              <span className="quiet">{step}</span> {name}
            </span>
            <span className="funnel-bar" aria-hidden="true">
              <span style={{ width: `${(share ?? 0) * 100}%` }} />
            </span>
            <span className="figure">{count(entered)}</span>
            <span className="figure quiet">{percent(share ?? undefined)}</span>
          </li>
          {step < funnel.length && (
            <li className="funnel-between">
              <button
                type="button"
                className="funnel-lost"
                aria-pressed={step === chosen}
                disabled={lost === 0}
                onClick={() => change({ funnel: names, step })}
              >
                <span className={lost > 0 ? "is-lost" : ""}>{count(lost)} lost</span>
                <span className="quiet">{lost > 0 ? "why?" : ""}</span>
              </button>
              <span className="quiet">
                {percent(rate ?? undefined)} go on ({percent(interval[0])} to {percent(interval[1])})
                {medianSeconds !== null && `, half of them within ${duration(medianSeconds * 1000)}`}
              </span>
            </li>
          )}
        </Fragment>
      ))}
    </ol>
  );
}
