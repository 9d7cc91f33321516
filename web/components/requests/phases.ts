// Where the time of one request went, as bars of a small waterfall. Pure.

export type Bar = {
  readonly name: string;
  /** µs from the start */
  readonly from: number;
  readonly to: number;
};

/** What is being waited for until each moment is reached (the phases of one exchange, in their order). */
const UNTIL: readonly (readonly [moment: string, name: string])[] = [
  ["head", "Request head read"],
  ["routed", "Route chosen"],
  ["pooled", "Waited for a connection"],
  ["connected", "Connected"],
  ["secured", "TLS"],
  ["sent", "Request sent"],
  ["firstByte", "Service answered"],
  ["lastIn", "Answer received"],
  ["end", "Answer passed on"],
];

/** @param phases µs at which each moment was reached; those not reached are not there */
export function bars(phases: Readonly<Record<string, number>>): Bar[] {
  const found: Bar[] = [];
  let from = 0;
  for (const [moment, name] of UNTIL) {
    const to = phases[moment];
    if (to === undefined) continue;
    // the body may be sent while the answer comes: a moment before the last one has no bar of its own
    if (to > from) found.push({ name, from, to });
    from = Math.max(from, to);
  }
  return found;
}
