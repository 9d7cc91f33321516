// The three figures that are looked at first, in one row.
import type { Signals } from "../../../src/api/types.ts";
import { count, duration, failed, isTrouble, percent, plural, rate } from "../../data/format.ts";

/** @param probes how many are not among them */
export function Headline({ signals, probes }: { readonly signals: Signals | undefined; readonly probes?: number }) {
  const requests =
    signals && `${count(signals.requests)} requests${probes ? `, ${plural(probes, "probe")} left out` : ""}`;
  const errors = signals && failed(signals);
  return (
    <dl className="headline">
      <Figure name="Rate" value={rate(signals?.rps)} more={requests} />
      <Figure
        name="Errors"
        value={percent(errors)}
        more={signals && `${count(signals.failures)} failed`}
        isTrouble={signals !== undefined && isTrouble(signals)}
      />
      <Figure name="p99" value={duration(signals?.p99)} more={signals && `p50 ${duration(signals.p50)}`} />
    </dl>
  );
}

function Figure(props: {
  readonly name: string;
  readonly value: string;
  readonly more: string | undefined;
  readonly isTrouble?: boolean;
}) {
  return (
    <div className={props.isTrouble ? "is-trouble" : undefined}>
      <dt>{props.name}</dt>
      <dd>
        <span className="headline-value">{props.value}</span>
        <span className="headline-more">{props.more ?? "\u00a0"}</span>
      </dd>
    </div>
  );
}
