// What goes into a stitcher, and what comes out.

export const EXACT = 3;
export const SHARED = 5;
export const TOKENS: number = EXACT + SHARED;

export type Exchange = {
  /** the caller's own number of it, given back in links */
  readonly id: number;
  readonly startUs: number;
  readonly endUs: number;
  /** by service: the route of a request; the callee and route of a call */
  readonly what: number;
  /** of a call: another such number when it failed, for what follows is another. Its start does not know yet. Absent: as `what` */
  readonly outcome?: number;
  /** hashes of content, 0 = none: in the first `EXACT` places ids of the request itself, each with its own kind of id, then what
   *  requests may have in common, in `SHARED` places */
  readonly tokens?: readonly number[];
};

export type Link = {
  readonly call: number;
  /** undefined: nobody's */
  readonly request: number | undefined;
  /** further requests that waited for the same call */
  readonly also: readonly number[];
  /** probability that this is so */
  readonly confidence: number;
};
