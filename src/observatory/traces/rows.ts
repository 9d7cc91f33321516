// What is known of the newest exchanges beyond their columns: whose request each call was made for. A ring of typed arrays,
// addressed by a row's running number: nothing is allocated for an exchange, and memory is bounded whatever comes.
import { FLAG } from "../../model/span.ts";
import type { SpanColumns } from "../../model/span-buffer.ts";

/** a power of two; some 50 bytes each */
export const REMEMBERED = 1 << 18;
const MASK = REMEMBERED - 1;
/** calls above each other that are followed; more is a mistake */
const MOST_DEPTH = 64;
const NOBODY = -1;
const UNDECIDED = -1;

/** who the parent of a call is was decided, be it nobody */
const TOLD = 1;
/** its trace id stays what it is: the application sent it, or others were stored with it */
const FIXED = 2;
/** its parent is what the application sent */
const SENT = 4;
/** what stands as its parent is another try of the same call: both have the same one */
const TRY = 8;

export type Rows = {
  add(id: number, columns: SpanColumns, row: number, interest: number): void;
  /** the parent of a call was decided; undefined: nobody */
  tell(id: number, parent: number | undefined, confidence: number): void;
  /** both are tries of one call */
  tellTry(id: number, lastTry: number): void;
  /** The row by which its trace is decided. */
  topOf(id: number): number;
  /** of the trace, by its top: the most interesting of what is known to belong to it */
  interestOf(top: number): number;
  /** 0: its trace is not kept; undefined: not decided */
  weightOf(top: number): number | undefined;
  decide(top: number, weight: number): void;
  /** it and all above it were told */
  isSettled(id: number): boolean;
  /** Writes into the row what is known of it by now: the trace's id, the parent's span id, and how sure that is. */
  apply(id: number, columns: SpanColumns, row: number, confidences: Float32Array): void;
  /** What `apply` wrote goes out: whoever is linked to it later belongs to the same trace. */
  fix(id: number): void;
};

export function linkedRows(): Rows {
  const ids = new Float64Array(REMEMBERED).fill(NOBODY);
  const parents = new Float64Array(REMEMBERED);
  const confidence = new Float32Array(REMEMBERED);
  const state = new Uint8Array(REMEMBERED);
  const traces = new Uint32Array(REMEMBERED * 4);
  const interests = new Uint8Array(REMEMBERED);
  const weights = new Float32Array(REMEMBERED);
  const servers = new Uint32Array(REMEMBERED * 2);

  /** -1: nobody, or forgotten */
  const slotOf = (id: number) => (id >= 0 && ids[id & MASK] === id ? id & MASK : NOBODY);
  const parentOf = (slot: number) => slotOf(parents[slot] as number);
  const is = (slot: number, what: number) => ((state[slot] as number) & what) !== 0;

  /** The application sent on what the mesh had told it: that was the id until it was known whose call the request was. */
  const isPassedOn = (slot: number, above: number) =>
    is(slot, SENT) && [0, 1, 2, 3].every((word) => traces[slot * 4 + word] === traces[above * 4 + word]);

  /** The row whose trace id is that of all below it. */
  const topOf = (slot: number): number => {
    let top = slot;
    for (let depth = 0; depth < MOST_DEPTH; depth++) {
      const above = parentOf(top);
      if (above === NOBODY || (is(top, FIXED) && !isPassedOn(top, above))) break;
      top = above;
    }
    return top;
  };

  /** What is below makes what is above as interesting. */
  const raise = (slot: number) => {
    let below = slot;
    for (let depth = 0; depth < MOST_DEPTH; depth++) {
      const above = parentOf(below);
      if (above === NOBODY || (interests[above] as number) >= (interests[below] as number)) return;
      interests[above] = interests[below] as number;
      below = above;
    }
  };

  return {
    add(id, columns, row, interest) {
      const slot = id & MASK;
      ids[slot] = id;
      parents[slot] = NOBODY;
      confidence[slot] = 0;
      interests[slot] = interest;
      weights[slot] = UNDECIDED;
      state[slot] = ((columns.flags[row] as number) & FLAG.continued) !== 0 ? FIXED | SENT : 0;
      traces[slot * 4] = columns.trace0[row] as number;
      traces[slot * 4 + 1] = columns.trace1[row] as number;
      traces[slot * 4 + 2] = columns.trace2[row] as number;
      traces[slot * 4 + 3] = columns.trace3[row] as number;
      servers[slot * 2] = columns.server0[row] as number;
      servers[slot * 2 + 1] = columns.server1[row] as number;
    },
    tell(id, parent, sure) {
      const slot = slotOf(id);
      if (slot === NOBODY) return;
      state[slot] = (state[slot] as number) | TOLD;
      confidence[slot] = sure;
      // a service that calls itself is on both sides of one row
      parents[slot] = parent === undefined || parent === id ? NOBODY : parent;
      raise(slot);
    },
    tellTry(id, lastTry) {
      const slot = slotOf(id);
      if (slot === NOBODY || id === lastTry) return;
      state[slot] = (state[slot] as number) | TOLD | TRY;
      parents[slot] = lastTry;
      raise(slot);
    },
    topOf(id) {
      let top = slotOf(id);
      for (let depth = 0; depth < MOST_DEPTH; depth++) {
        const above = parentOf(top);
        // a circle would be a mistake of the stitcher's
        if (above === NOBODY || weights[top] !== UNDECIDED) break;
        top = above;
      }
      return ids[top] as number;
    },
    interestOf: (top) => interests[slotOf(top)] as number,
    weightOf(top) {
      const weight = weights[slotOf(top)] as number;
      return weight === UNDECIDED ? undefined : weight;
    },
    decide(top, weight) {
      weights[slotOf(top)] = weight;
    },
    isSettled(id) {
      let slot = slotOf(id);
      for (let depth = 0; depth < MOST_DEPTH && slot !== NOBODY; depth++) {
        if (!is(slot, TOLD)) return false;
        slot = parentOf(slot);
      }
      return true;
    },
    apply(id, columns, row, confidences) {
      const slot = slotOf(id);
      if (slot === NOBODY) return;
      const top = topOf(slot);
      columns.trace0[row] = traces[top * 4] as number;
      columns.trace1[row] = traces[top * 4 + 1] as number;
      columns.trace2[row] = traces[top * 4 + 2] as number;
      columns.trace3[row] = traces[top * 4 + 3] as number;
      let call = slot;
      if (is(slot, TRY) && parentOf(slot) !== NOBODY) call = parentOf(slot);
      confidences[row] = confidence[call] as number;
      const above = parentOf(call);
      if (above === NOBODY || is(slot, SENT)) return;
      columns.parent0[row] = servers[above * 2] as number;
      columns.parent1[row] = servers[above * 2 + 1] as number;
    },
    fix(id) {
      const slot = slotOf(id);
      if (slot === NOBODY) return;
      const top = topOf(slot);
      state[top] = (state[top] as number) | FIXED;
      state[slot] = (state[slot] as number) | FIXED;
      traces.copyWithin(slot * 4, top * 4, top * 4 + 4);
    },
  };
}
