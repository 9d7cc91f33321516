// Events of visitors in columns: about 12 bytes an event and 2 for each attribute, so that a day of ten million sessions
// fits into memory. Sorted by visitor, then time; events of one time stay in the order in which they came.

/** Values of one attribute by event; codes of `values`, of which 0 is "" and means that it is not there. */
export type Attribute = {
  readonly name: string;
  readonly values: readonly string[];
  readonly codes: Uint16Array;
};

export type EventLog = {
  /** ms since 1970, with a fraction */
  readonly timesMs: Float64Array;
  /** codes of `names` */
  readonly events: Uint16Array;
  readonly names: readonly string[];
  /** of visitor v, the events are from `starts[v]` to before `starts[v + 1]` */
  readonly starts: Uint32Array;
  readonly attributes: readonly Attribute[];
};

/** Whose chance it is to come through: everything of a visitor, or each of his sessions. */
export type Unit = "visitor" | "session";

/** A pause that ends a session, ms. */
export const SESSION_GAP_MS = 30 * 60_000;

/** Calls `visit` with the events of each case, `to` not included, and its visitor. */
export function eachCase(log: EventLog, unit: Unit, visit: (from: number, to: number, visitor: number) => void): void {
  const { starts, timesMs } = log;
  for (let visitor = 0; visitor + 1 < starts.length; visitor++) {
    let from = starts[visitor] as number;
    const end = starts[visitor + 1] as number;
    if (unit === "session") {
      for (let at = from + 1; at < end; at++) {
        if ((timesMs[at] as number) - (timesMs[at - 1] as number) <= SESSION_GAP_MS) continue;
        visit(from, at, visitor);
        from = at;
      }
    }
    if (from < end) visit(from, end, visitor);
  }
}

export function attributeOf(log: EventLog, name: string): Attribute | undefined {
  return log.attributes.find((attribute) => attribute.name === name);
}
