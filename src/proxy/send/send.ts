// Sends the request on the connection it was given. The head and the first part of the body leave in one write.
import type { Timeouts } from "../../model/traffic-policy.ts";
import { fieldLine, joinLines } from "../../protocol/http1/lines.ts";
import type { FieldLines, Framing, RequestHead } from "../../protocol/http1/types.ts";
import type { ConnectionSays } from "../../protocol/http1/write.ts";
import type { TraceContext } from "../../protocol/trace-context/traceparent.ts";
import { addRequestHead } from "../batch.ts";
import { resend } from "../body.ts";
import { resume } from "../connection.ts";
import { trickle } from "../filter/fault/trickle.ts";
import { LIMITS } from "../limits.ts";
import type { Core, Exchange, Layer, Upstream } from "../shapes.ts";
import { answering } from "./answering.ts";
import { forwardedLines } from "./forwarded.ts";
import { passRequest } from "./requesting.ts";

const NOTHING = "" as FieldLines;
/** used for every head: a fresh object per request would be seen in a profile */
const options: {
  connection: ConnectionSays;
  added: FieldLines;
  also: FieldLines;
  lines: FieldLines | undefined;
  target: string | undefined;
  authority: string | undefined;
  trace?: TraceContext;
  framing: Framing;
} = {
  connection: "nothing",
  added: NOTHING,
  also: NOTHING,
  lines: undefined,
  target: undefined,
  authority: undefined,
  framing: { kind: "none" },
};

export function send(core: Core, timeouts: Pick<Timeouts, "firstByteMs" | "idleMs">): Layer {
  const waitMs = timeouts.firstByteMs || LIMITS.firstByteMs;
  const idleMs = timeouts.idleMs || LIMITS.streamIdleMs;
  return () => ({
    run(x) {
      const { downstream: down, upstream: up, head } = x;
      if (!up || !head) return;
      up.stage = x.bandwidth > 0 ? trickle(answering, x.bandwidth) : answering;
      up.exchange = x;
      up.exchanges++;
      x.waitMs = waitMs;
      x.idleMs = idleMs;
      down.deadline = core.nowMs + waitMs;
      addHead(core, x, up, head);
      if (x.request.keptBytes > 0 || (x.attempts > 1 && x.request.isDone)) resend(x.request, core.batch, up.writer);
      passRequest(x, up);
      resume(up);
    },
  });
}

function addHead(core: Core, x: Exchange, up: Upstream, head: RequestHead): void {
  options.connection = wantsUpgrade(head) ? "upgrade" : "nothing";
  options.trace = x.trace.sent;
  options.added = NOTHING;
  options.also = traceState(x, head);
  options.framing = head.framing;
  options.lines = x.sentLines;
  options.target = x.sentTarget;
  options.authority = x.sentAuthority;
  if (x.downstream.origin.kind === "published") options.added = forwardedLines(x.downstream, head);
  if (x.expiresMs !== Number.POSITIVE_INFINITY) options.also = joinLines(options.also, timeLeft(core, x));
  addRequestHead(core.batch, up.writer, head, options);
}

let lastLeftMs = 0;
let lastLeft = NOTHING;

/** See filter/deadline. Most requests have all of their time left, so they say the same as the one before. */
function timeLeft(core: Core, x: Exchange): FieldLines {
  const leftMs = Math.max(1, Math.floor(x.expiresMs - core.nowMs));
  if (leftMs !== lastLeftMs) {
    lastLeftMs = leftMs;
    lastLeft = fieldLine("X-Envoy-Expected-Rq-Timeout-Ms", String(leftMs));
  }
  return lastLeft;
}

/** It belongs to the traceparent beside it, and goes when that one is replaced (Trace Context §3.3.1.1). */
function traceState(x: Exchange, head: RequestHead): FieldLines {
  if (!x.trace.isContinued || head.tracestate === undefined) return NOTHING;
  return fieldLine("tracestate", head.tracestate);
}

/** h2c would turn the connection into an HTTP/2 one behind our back; a server may ignore Upgrade, so we do (RFC 9110 §7.8). */
export function wantsUpgrade(head: RequestHead): boolean {
  return head.upgrade !== undefined && !/\bh2c\b/i.test(head.upgrade);
}
