// Which time of a chart is looked at: shaded, beside what is usual; hatched what is left out of that; and when it began.

/** s since the epoch */
type Stretch = readonly [from: number, to: number];

export type PeriodsOf = {
  readonly asked: Stretch;
  readonly leftOut: readonly Stretch[];
  readonly since: number;
};

export function Periods({ periods, window }: { readonly periods: PeriodsOf; readonly window: Stretch }) {
  const { asked, leftOut, since } = periods;
  return (
    <>
      {leftOut.map((one) => (
        <span key={one[0]} className="period is-left-out" style={placed(one, window)} />
      ))}
      <span className="period" style={placed(asked, window)} />
      <span className="since" style={placed([since, since], window)} />
    </>
  );
}

function placed([from, to]: Stretch, [first, last]: Stretch) {
  const share = (at: number) => Math.min(Math.max((at - first) / (last - first), 0), 1);
  return { left: `${100 * share(from)}%`, width: `${100 * (share(to) - share(from))}%` };
}
