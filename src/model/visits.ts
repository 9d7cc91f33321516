// What visitors did, as the observatory keeps it and the analysis reads it: one row for each request that a visitor made and
// that may be a step, in columns, in the order in which they were told. About 46 bytes a row.

/** Where a request went: an entry service and one of its routes. */
export type VisitPlace = { readonly namespace: string; readonly service: string; readonly route: string };

/** Who served it. */
export type VisitServer = { readonly version: string; readonly workload: string };

/** rows that a chunk has at most, a power of two */
export const VISIT_CHUNK_ROWS = 4_096;

/**
 * Rows of a stretch of time; numbers of texts are places in the lists of `VisitTexts`, 0: nothing. The columns lie in memory that
 * threads share: rows are added behind those that are there, and none is ever changed.
 */
export type VisitChunk = {
  rows: number;
  /** ms since the epoch at which the request came */
  readonly timesMs: Float64Array;
  /** the visitor's key, 64 bits */
  readonly visitor0: Uint32Array;
  readonly visitor1: Uint32Array;
  /** another key of the same visitor; 0 and 0: none */
  readonly joins0: Uint32Array;
  readonly joins1: Uint32Array;
  /** bits of model/visit.ts */
  readonly visits: Uint32Array;
  readonly places: Uint16Array;
  readonly statuses: Uint16Array;
  readonly latenciesMs: Float32Array;
  readonly servers: Uint16Array;
  /** which call under it failed or took most of the time: `402 at payment`, `slow at payment` */
  readonly culprits: Uint16Array;
  /** what the path names, where at least 20 visitors share it */
  readonly items: Uint16Array;
  /** pages: from where it was asked, and to where it leads on */
  readonly froms: Uint16Array;
  readonly tos: Uint16Array;
};

export type VisitTexts = {
  /** the names of routes are those of today */
  readonly places: readonly VisitPlace[];
  readonly servers: readonly VisitServer[];
  readonly culprits: readonly string[];
  readonly items: readonly string[];
};

export type VisitTable = {
  readonly chunks: readonly VisitChunk[];
  readonly texts: VisitTexts;
  /** only rows in [fromMs, toMs) are meant */
  readonly fromMs: number;
  readonly toMs: number;
  /** rises with each row; two tables of the same window and revision are equal */
  readonly revision: number;
  /** rises when somebody is forgotten: what was made of an earlier table knows of them */
  readonly forgotten: number;
  /** from when on all is there, ms since the epoch; undefined: there is nothing */
  readonly sinceMs: number | undefined;
  /** rows that were dropped before their time because there were too many */
  readonly shed: number;
  /** requests of those who do not want to be followed */
  readonly optedOut: number;
};

/** Keys of visitors, 16 hexadecimal digits each. */
export type WhomToForget = readonly string[] | "everybody";

/** The status of a request that the client broke off, as logs of servers have it. */
export const BROKEN_OFF = 499;
