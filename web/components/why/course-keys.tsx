// What the shades and lines over the charts mean, with their times.
import { timeOfDay } from "../../data/format.ts";
import type { PeriodsOf } from "../chart/periods.tsx";

export function CourseKeys({ periods, hasChanges }: { readonly periods: PeriodsOf; readonly hasChanges: boolean }) {
  const { asked, leftOut, since } = periods;
  return (
    <p className="why-keys quiet">
      <Key look="period">{`asked about, ${clock(asked[0])} – ${clock(asked[1])}; before it the usual`}</Key>
      <Key look="since">{`began at ${clock(since)}`}</Key>
      {hasChanges && <Key look="is-change">changed</Key>}
      {leftOut.length > 0 && <Key look="period is-left-out">earlier trouble, left out of the usual</Key>}
      <span>Drag over a chart to ask why of that time.</span>
    </p>
  );
}

function Key({ look, children }: { readonly look: string; readonly children: string }) {
  return (
    <span>
      <span className="why-key" aria-hidden="true">
        <span className={look} />
      </span>
      {children}
    </span>
  );
}

function clock(seconds: number): string {
  return timeOfDay(new Date(1000 * seconds).toISOString());
}
