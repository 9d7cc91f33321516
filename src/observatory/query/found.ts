// Rows with what they cover.
import type { Coverage } from "../../model/figures.ts";
import type { Window } from "./figures.ts";

export type Found<Row> = {
  /** end of the newest data in it, µs since the epoch */
  readonly asOfUs: number;
  readonly window: Window;
  readonly coverage: Coverage;
  /** requests of probes and scrapes that are not counted in it */
  readonly probes?: number;
  readonly rows: readonly Row[];
};
