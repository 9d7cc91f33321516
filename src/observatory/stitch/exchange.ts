// What goes into a stitcher, and what comes out.

export type Exchange = {
  /** the caller's own number of it, given back in links */
  readonly id: number;
  readonly startUs: number;
  readonly endUs: number;
  /** by service: the route of a request; the callee and route of a call */
  readonly what: number;
  /** hashes of content, 0 = none; the first for what is exact */
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
