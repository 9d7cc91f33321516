// One record per exchange, whatever became of it.
import { ERROR_CODES, type ErrorCode } from "../../../base/errors/index.ts";
import { ABSENT, FLAG } from "../../../model/span.ts";
import { methodIndex } from "../../../model/span-buffer.ts";
import { PATH_BYTES } from "../../../model/span-ring.ts";
import { withPages } from "../../../model/visit.ts";
import { fieldValue } from "../../../protocol/http1/lines.ts";
import type { Body } from "../../body.ts";
import type { Core, Destination, Exchange, Layer } from "../../shapes.ts";
import { writeContent, writeNoContent } from "./content.ts";
import { maskedPath } from "./masked-path.ts";
import { beginTrace } from "./trace.ts";
import { type Visitors, visitors } from "./visit/visit.ts";
import { hashKeys } from "./visitor-keys.ts";

const ERROR_NUMBER = new Map<string, number>(ERROR_CODES.map((code, index) => [code, index + 1]));
/** an answer that came in for so long may be a stream */
const STREAM_MS = 1_000;
/** of the exchanges on a connection, one in so many asks the kernel about the path: two system calls, about 2 µs */
const SAMPLE = 64;
/** and each that took so long: no segment is sent again sooner where one is all that is under way */
const SLOW_MS = 200;

export function record(core: Core): Layer {
  const behind = visitors(core);
  return (inner, outer) => ({
    run(x) {
      beginTrace(x.trace, x.head, core.deps.random);
      inner.run(x);
    },
    settle(x) {
      if (x.isSettled) return;
      x.isSettled = true;
      writeSpan(core, x, 0, behind);
      outer.settle(x);
    },
  });
}

/** A try that failed and is followed by another one: visible, but no request of its own. */
export function recordAttempt(core: Core, x: Exchange): void {
  writeSpan(core, x, FLAG.attempt);
}

/** @param added flags beside those that the exchange has @param visitors undefined: nothing is told of the visitor */
function writeSpan(core: Core, x: Exchange, added: number, visitors?: Visitors): void {
  const { spans } = core.deps;
  const row = spans.claim();
  if (row < 0) return;
  const end = core.nowMs;
  const { columns } = spans;
  const { backend, trace, head } = x;
  const { received, sent } = trace;
  const path = head?.path ?? "";

  columns.startUs[row] = x.startUs;
  columns.requestBytes[row] = x.request.bytes;
  columns.responseBytes[row] = x.answer.bytes;
  columns.trace0[row] = received.trace0;
  columns.trace1[row] = received.trace1;
  columns.trace2[row] = received.trace2;
  columns.trace3[row] = received.trace3;
  columns.parent0[row] = received.parent0;
  columns.parent1[row] = received.parent1;
  columns.client0[row] = sent.parent0;
  columns.client1[row] = sent.parent1;
  columns.server0[row] = trace.server0;
  columns.server1[row] = trace.server1;
  columns.head[row] = offset(x, x.headMs);
  columns.routed[row] = offset(x, x.routedMs);
  columns.pooled[row] = offset(x, x.pooledMs);
  columns.connected[row] = offset(x, x.connectedMs);
  columns.secured[row] = ABSENT;
  columns.sent[row] = offset(x, x.sentMs);
  columns.firstByte[row] = offset(x, x.firstByteMs);
  columns.lastIn[row] = offset(x, x.lastInMs);
  columns.end[row] = offset(x, end);
  columns.requestHeld[row] = heldUs(x.request, end);
  columns.answerHeld[row] = heldUs(x.answer, end);
  samplePath(core, row, x);
  columns.status[row] = x.status;
  columns.flags[row] = flags(x, path) | added;
  columns.error[row] = errorNumber(x.error?.code);
  columns.protocol[row] = x.isOpaque ? 0 : head?.minor === 0 ? 2 : 1;
  columns.method[row] = head ? methodIndex(head.method) : 0;
  columns.attempts[row] = backend ? Math.max(1, x.attempts) : 0;
  const keys = hashKeys(core);
  const kept = maskedPath(path, keys.current);
  if (visitors && x.downstream.origin.kind === "published") {
    spans.setPath(row, withPages(kept, visitors.write(row, x), PATH_BYTES));
  } else {
    columns.visit[row] = 0;
    spans.setPath(row, kept);
  }
  // of a try, and of a copy, it is known without whose it was
  if (head && keys.content && added === 0 && !x.isMirror) writeContent(columns, row, head, keys.content);
  else writeNoContent(columns, row);
  writeEnds(core, row, x);
  spans.publish();
}

/** Who called whom. */
export function writeEnds({ deps: { spans } }: Core, row: number, x: Exchange): void {
  const { columns } = spans;
  const destination = destinationOf(x);
  columns.source[row] = x.downstream.source;
  columns.service[row] = destination?.service ?? 0;
  columns.workload[row] = x.backend?.workload ?? 0;
  columns.rival[row] = rival(x);
  columns.rule[row] = x.rule;
  columns.port[row] = destination?.port ?? x.downstream.port;
  spans.setAuthority(row, authority(x));
}

export function errorNumber(code: ErrorCode | undefined): number {
  return code === undefined ? 0 : (ERROR_NUMBER.get(code) ?? 0);
}

/** Of two that were drawn, the one that was not taken. */
function rival({ drawnFirst, drawnSecond, backend }: Exchange): number {
  const other = drawnFirst === backend ? drawnSecond : drawnFirst;
  return other && other !== backend ? other.workload : 0;
}

/** What failed before its destination was chosen is told of what the caller dialled. */
function destinationOf(x: Exchange): Destination | undefined {
  return x.destination ?? x.downstream.destination;
}

function heldUs({ heldMs, heldSinceMs }: Body, nowMs: number): number {
  return Math.round(1000 * (heldSinceMs < 0 ? heldMs : heldMs + nowMs - heldSinceMs));
}

/** µs since the start; a phase that was never reached is ABSENT */
function offset(x: Exchange, atMs: number): number {
  return atMs < 0 ? ABSENT : Math.max(0, Math.round((atMs - x.startMs) * 1000));
}

export function flags(x: Exchange, path: string): number {
  const down = x.downstream;
  let flags = 0;
  if (x.isReused) flags |= FLAG.reused;
  if (x.isTunnel && !x.isOpaque) flags |= FLAG.upgraded;
  if (x.trace.isContinued) flags |= FLAG.continued;
  if (down.origin.kind === "published") flags |= FLAG.published;
  if (destinationOf(x)?.isEgress) flags |= FLAG.egress;
  if (x.error?.code === "client_gone") flags |= FLAG.cancelled;
  if (x.isMirror) flags |= FLAG.mirrored;
  if (x.isInjected) flags |= FLAG.injected;
  if (x.error && isShed(x.error.code)) flags |= FLAG.shed;
  if (path.length > PATH_BYTES) flags |= FLAG.pathCut;
  if (x.head?.isProbe && isReading(x.head.method)) flags |= FLAG.probe;
  if (isEventStream(x)) flags |= FLAG.stream;
  return flags;
}

/** Whoever calls himself a prober and changes something is none. */
function isReading(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

/** Server-sent events; one that was short need not be told from an ordinary answer, and costs no look at its head. */
function isEventStream({ response, firstByteMs, downstream }: Exchange): boolean {
  if (!response || firstByteMs < 0 || downstream.core.nowMs - firstByteMs < STREAM_MS) return false;
  return (
    fieldValue(response.lines ?? "", "content-type")
      ?.toLowerCase()
      .startsWith("text/event-stream") ?? false
  );
}

function isShed(code: ErrorCode): boolean {
  return code === "overloaded" || code === "rate_limited" || code === "breaker_open";
}

/** What was called, where no service says it. */
function authority(x: Exchange): string {
  const destination = destinationOf(x);
  if (destination && destination.service !== 0) return "";
  return x.head?.authority || x.downstream.address;
}

function samplePath({ deps, nowMs }: Core, row: number, x: Exchange): void {
  const { columns } = deps.spans;
  const { tcpInfo } = deps.sockets;
  const { downstream: down, upstream } = x;
  columns.clientRtt[row] = ABSENT;
  columns.serverRtt[row] = ABSENT;
  columns.clientRetransmits[row] = ABSENT;
  columns.serverRetransmits[row] = ABSENT;
  columns.serverResent[row] = ABSENT;
  const isSlow = nowMs - x.startMs >= SLOW_MS;
  if (down.exchanges++ % SAMPLE !== 0 && !isSlow) return;
  const client = down.isClosed ? undefined : tcpInfo(down.fd);
  if (client) {
    columns.clientRtt[row] = client.rttUs;
    columns.clientRetransmits[row] = client.retransmits - down.retransmits;
    down.retransmits = client.retransmits;
  }
  const server = !upstream || upstream.isClosed ? undefined : tcpInfo(upstream.fd);
  if (server && upstream) {
    columns.serverRtt[row] = server.rttUs;
    const again = server.retransmits - upstream.retransmits;
    columns.serverRetransmits[row] = again;
    // each time it waits twice as long, and no longer than something was under way
    columns.serverResent[row] = Math.min(server.busyUs - upstream.busyUs, server.rtoUs * (2 ** again - 1));
    upstream.retransmits = server.retransmits;
    upstream.busyUs = server.busyUs;
  }
}
