// The shape of one row in the table of errors. Every failure that a user, a client of the proxy or an operator can meet
// has a row, and the row has a sentence: a code without one does not type-check.

/** Which side of us failed: who sent us something, who we asked, ourselves, or what the user wrote. */
export type Side = "downstream" | "upstream" | "internal" | "user";

/** May the same request be sent again? `reused`: only because it met a pooled connection that was already closing. */
export type Retry = "no" | "yes" | "reused";

export type ErrorRow = {
  readonly side: Side;
  readonly retry: Retry;
  /** Who did not do his part when we ended an exchange ourselves. Absent: nobody, or the caller, such as with a rate limit. */
  readonly blames?: "callee" | "mesh";
  /** HTTP status of the answer we make, when the failure is met while carrying a request */
  readonly status?: number;
  /** `error` parameter of Proxy-Status, RFC 9209 §2.3 */
  readonly proxyStatus?: string;
  /** what happened, in words for a person */
  readonly means: string;
  /** what that person can do about it */
  readonly fix: string;
};
