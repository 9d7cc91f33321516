// A batch of spans after it came in: every row checked, both sides named. From here on nothing can be wrong with it.
import { ERROR_CODES } from "../../base/errors/index.ts";
import { METHODS, PROTOCOLS } from "../../model/span.ts";
import type { Batch } from "../../model/span-batch.ts";
import { COLUMN_NAMES } from "../../model/span-buffer.ts";
import type { Pages } from "../../model/visit.ts";
import type { BatchId } from "./dedupe.ts";

/** as `error` of a row has it: who asked went away before the answer was there */
export const CLIENT_GONE = 1 + ERROR_CODES.indexOf("client_gone");

export type Arrival = {
  readonly batch: Batch;
  readonly rows: number;
  readonly id: BatchId;
  readonly receivedUs: number;
  /** rises over all exchanges ever stored; row i has ordinal + i */
  readonly ordinal: number;
  /** ids of peers, by row */
  readonly sources: Uint32Array;
  readonly destinations: Uint32Array;
  /** how sure it is whose calls they are, 0…1; 0: nobody has looked (yet). The columns of trace and parent say whose */
  readonly confidences: Float32Array;
  /** exchanges that each stands for, 1 where all are kept */
  readonly weights: Float32Array;
  /** ids in the book of routes, by row; 0: none, because it is no HTTP */
  readonly routes: Uint32Array;
};

/** an exchange may end so much later than it is now, by another clock */
export const FUTURE_US = 5e6;
const PAST_US = 7 * 86_400e6;

/** Moves the rows that make sense to the front, in order, and returns how many they are. */
export function keepSound(batch: Batch, nowUs: number): number {
  const { startUs, end, protocol, method, error, requestBytes, responseBytes } = batch.columns;
  const paths = batch.paths as string[];
  const authorities = batch.authorities as string[];
  const pages = batch.pages as Pages[];
  let kept = 0;
  for (let row = 0; row < batch.header.rows; row++) {
    const endUs = (startUs[row] as number) + (end[row] as number);
    const isSound =
      endUs <= nowUs + FUTURE_US &&
      endUs >= nowUs - PAST_US &&
      (protocol[row] as number) < PROTOCOLS.length &&
      (method[row] as number) < METHODS.length &&
      (error[row] as number) <= ERROR_CODES.length &&
      isAmount(requestBytes[row] as number) &&
      isAmount(responseBytes[row] as number);
    if (!isSound) continue;
    if (kept !== row) {
      for (const name of COLUMN_NAMES) {
        const column = batch.columns[name];
        column[kept] = column[row] as number;
      }
      paths[kept] = paths[row] as string;
      authorities[kept] = authorities[row] as string;
      pages[kept] = pages[row] as Pages;
    }
    kept++;
  }
  return kept;
}

function isAmount(value: number): boolean {
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

/** µs since the epoch at which the first of them began */
export function oldestOf({ batch, rows }: Arrival): number {
  return batch.columns.startUs.subarray(0, rows).reduce((oldest, startUs) => Math.min(oldest, startUs));
}
