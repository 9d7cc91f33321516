// What the three orders have in common.
import type { EventLog } from "../log.ts";

export type Search = {
  /** @returns how many steps were reached among the events `from` to before `to` */
  run(from: number, to: number): number;
  /** after `run`: the event of each reached step, in the order of the steps (in any order: of time) */
  readonly positions: Int32Array;
};

export type SearchInput = Pick<EventLog, "timesMs" | "events">;
