// What happened in a run, as those outside of the proxy saw it: what clients sent and got, what servers were asked and did,
// when each worker was told what. The validators judge by this alone.

export type Outcome =
  /** a whole answer */
  | { readonly kind: "answer"; readonly status: number; readonly by: "app" | "mesh" }
  /** an answer began, and its end is visibly missing */
  | { readonly kind: "cut"; readonly status: number }
  /** the connection ended before an answer; `how`: fin, or an error's code */
  | { readonly kind: "none"; readonly how: string }
  /** the client went away first */
  | { readonly kind: "left" };

export type Sight = { readonly workload: number; readonly worker: string; readonly atMs: number };

export type SpanSeen = {
  readonly worker: string;
  readonly status: number;
  readonly workload: number;
  /** ServiceConfig.key */
  readonly service: number;
  /** ErrorCode, "" without */
  readonly error: string;
  /** a try that was followed by another, no request of its own */
  readonly isAttempt: boolean;
  /** HttpRule.key, 0 = none */
  readonly rule: number;
  /** virtual ms: its first byte, its whole head, its end */
  readonly beganMs: number;
  readonly readMs: number;
  readonly endedMs: number;
};

export type RequestRecord = {
  readonly id: number;
  readonly client: string;
  readonly method: string;
  readonly bodyBytes: number;
  readonly colour: string;
  /** what was called */
  readonly service: string;
  /** how long the connection had carried nothing before */
  readonly restedMs: number;
  readonly begunMs: number;
  /** the whole request was sent; −1: not yet */
  sentMs: number;
  endedMs: number;
  outcome: Outcome | undefined;
  /** a server's program saw its head */
  readonly heads: Sight[];
  /** copies of it that reached a shadow */
  shadows: number;
  /** a server's program acted upon it */
  readonly runs: Sight[];
  readonly spans: SpanSeen[];
  /** what was done to it that explains a failure */
  readonly excuses: string[];
  /** of the answer's body, when the client left in the middle of it */
  missedBytes: number;
};

export type Violation = { readonly rule: string; readonly detail: string };

export type History = {
  readonly requests: Map<number, RequestRecord>;
  readonly violations: Violation[];
  begin(
    start: Pick<RequestRecord, "client" | "method" | "bodyBytes" | "restedMs" | "colour" | "service">,
  ): RequestRecord;
  end(request: RequestRecord, outcome: Outcome): void;
  violate(rule: string, detail: string): void;
};

/** rest of a run with so many violations tells nothing new */
const ENOUGH = 20;

export function history(nowMs: () => number): History {
  const requests = new Map<number, RequestRecord>();
  const violations: Violation[] = [];
  let next = 1;

  function violate(rule: string, detail: string): void {
    if (violations.length < ENOUGH) violations.push({ rule, detail: `${nowMs().toFixed(3)} ms: ${detail}` });
  }

  return {
    requests,
    violations,
    violate,
    begin(start) {
      const request: RequestRecord = {
        ...start,
        id: next++,
        begunMs: nowMs(),
        sentMs: -1,
        endedMs: -1,
        outcome: undefined,
        heads: [],
        shadows: 0,
        runs: [],
        spans: [],
        excuses: [],
        missedBytes: 0,
      };
      requests.set(request.id, request);
      return request;
    },
    end(request, outcome) {
      if (request.outcome) violate("one answer", `request ${request.id} ended twice: ${outcome.kind}`);
      request.outcome ??= outcome;
      request.endedMs = nowMs();
    },
  };
}

/** May be executed more than once (RFC 9110 §9.2.2). */
export function isIdempotent(method: string): boolean {
  return method !== "POST" && method !== "PATCH";
}
