// Missing samples. What a callee had in a gap would else be taken for its caller's own.
import type { Facts, Series } from "./facts.ts";

/** The same with each gap on the straight line between its ends; before the first sample, and after the last one, as that. */
export function withoutGaps(facts: Facts): Facts {
  return {
    ...facts,
    services: facts.services.map((service) => ({
      ...service,
      requests: bridged(service.requests),
      availability: bridged(service.availability),
      latency: { ...service.latency, mean: bridged(service.latency.mean) },
    })),
  };
}

function bridged(series: Series): Series {
  const whole = Float64Array.from(series);
  let last = -1;
  for (let at = 0; at <= whole.length; at++) {
    if (at < whole.length && Number.isNaN(whole[at])) continue;
    const before = last < 0 ? whole[at] : whole[last];
    const after = at === whole.length ? before : whole[at];
    for (let gap = last + 1; gap < at; gap++) {
      const share = (gap - last) / (at - last);
      whole[gap] = (before as number) * (1 - share) + (after as number) * share;
    }
    last = at;
  }
  return whole;
}
