// A service's connection while it answers: interim answers are passed on, the final one is framed anew for the client,
// its body goes as fast as the client takes it.
import { MeshError } from "../../base/errors/index.ts";
import { CHUNKED } from "../../protocol/http1/framing.ts";
import { parseResponseHead } from "../../protocol/http1/response.ts";
import type { FieldLines, Framing, ResponseHead } from "../../protocol/http1/types.ts";
import type { ConnectionSays } from "../../protocol/http1/write.ts";
import { addResponseHead, flush } from "../batch.ts";
import { beginBody, carry, endOfStream, hold, letGo } from "../body.ts";
import { pause, resume } from "../connection.ts";
import { LIMITS } from "../limits.ts";
import { release } from "../pool/pool.ts";
import type { Exchange, Stage, Upstream } from "../shapes.ts";
import { drained } from "../socket-writer.ts";
import { dropUpstream, forgetUpstream } from "../upstream/upstream.ts";
import { flushing } from "./flushing.ts";
import { giveUp } from "./give-up.ts";
import { beginTunnel } from "./tunnel.ts";

const NO_BYTES = Buffer.alloc(0);
const NOTHING = "" as FieldLines;
const UNTIL_CLOSE: Framing = { kind: "close" };
/** used for every head: a fresh object per answer would be seen in a profile */
const options: { connection: ConnectionSays; added: FieldLines; lines: FieldLines | undefined; framing: Framing } = {
  connection: "nothing",
  added: NOTHING,
  lines: undefined,
  framing: UNTIL_CLOSE,
};

export const answering: Stage<Upstream> = {
  name: "exchange",
  data(up, bytes) {
    const x = up.exchange;
    if (!x) return dropUpstream(up);
    const now = up.core.nowMs;
    if (x.firstByteMs < 0) x.firstByteMs = now;
    x.downstream.deadline = now + x.idleMs;
    let received = bytes;
    if (up.unread) {
      received = Buffer.concat([up.unread, bytes]);
      up.unread = undefined;
    }
    const at = x.response ? 0 : readHeads(x, up, received);
    if (at >= 0) passAnswer(x, up, received, at);
  },
  end(up) {
    const x = up.exchange;
    if (!x) return dropUpstream(up);
    if (!x.response) return giveUp(x, closedEarly(up, "it sent FIN"));
    const { batch } = up.core;
    const { writer } = x.downstream;
    if (!endOfStream(x.answer, batch, writer)) {
      return giveUp(x, new MeshError("response_incomplete", `after ${x.answer.bytes} bytes of the body`));
    }
    flush(batch, writer);
    complete(x, up, false);
  },
  drain(up) {
    const x = up.exchange;
    if (!drained(up.writer) || !x || x.request.isDone) return;
    letGo(x.request, up.core.nowMs);
    resume(x.downstream);
  },
  close(up, error) {
    const x = up.exchange;
    forgetUpstream(up);
    if (!x) return;
    const how = error?.code ?? "closed";
    if (!x.response) giveUp(x, closedEarly(up, how));
    else giveUp(x, new MeshError("response_incomplete", `${how} after ${x.answer.bytes} bytes of the body`));
  },
  expire() {},
};

function closedEarly(up: Upstream, how: string): MeshError {
  return new MeshError("upstream_closed", up.unread ? `${how} in the middle of the head` : how);
}

/** Reads interim heads and the final one; returns the offset of the body, or -1: it is not here yet, or all is over. */
function readHeads(x: Exchange, up: Upstream, bytes: Buffer): number {
  const { head: request, downstream: down } = x;
  if (!request) return -1;
  for (let at = 0; ; ) {
    const result = parseResponseHead(bytes, at, bytes.length, LIMITS.head, request);
    if (result.kind === "incomplete") {
      up.unread = at < bytes.length ? bytes.subarray(at) : undefined;
      flush(up.core.batch, down.writer);
      return -1;
    }
    if (result.kind === "violation") {
      const { status, detail, rule } = result.violation;
      const code = status === 431 ? "response_head_too_large" : "response_invalid";
      flush(up.core.batch, down.writer);
      giveUp(x, new MeshError(code, `${detail} (${rule})`));
      return -1;
    }
    at += result.length;
    const { head } = result;
    if (head.status === 101 || (request.method === "CONNECT" && head.status >= 200 && head.status < 300)) {
      tunnel(x, up, head, bytes, at);
      return -1;
    }
    if (head.status >= 200) {
      x.answerHere = bytes.length - at;
      if (x.twinOf) x.answerRest = bytes.subarray(at);
      return beginAnswer(x, up, head) ? at : -1;
    }
    interim(x, up, head);
  }
}

/** 100 Continue, 103 Early Hints and others as they come; a 1.0 client cannot understand them (RFC 9110 §15.2). */
function interim(x: Exchange, up: Upstream, head: ResponseHead): void {
  if (x.head?.minor === 0) return;
  // a later try says it again
  if (head.status === 100 && x.isContinued) return;
  if (head.status === 100) x.isContinued = true;
  options.connection = "nothing";
  options.framing = head.framing;
  addResponseHead(up.core.batch, x.downstream.writer, head, options);
}

/** False: one of the layers took the exchange from here. */
function beginAnswer(x: Exchange, up: Upstream, head: ResponseHead): boolean {
  const { downstream: down, head: request } = x;
  x.response = head;
  x.status = head.status;
  // interim answers go out before a layer may begin another message
  flush(up.core.batch, down.writer);
  if (!x.way.answer(x)) return false;
  x.isAnswerBegun = true;
  if (down.destination && down.destination.begins === undefined) down.destination.begins = "client";
  const isOld = request?.minor === 0;
  let { framing } = head;
  if (isOld && framing.kind === "chunked") framing = UNTIL_CLOSE;
  else if (!isOld && framing.kind === "close") framing = CHUNKED;
  x.isCloseDelimited = framing.kind === "close";
  beginBody(x.answer, head.framing, framing.kind === "chunked");

  // A client that was not told to go on may send its body or not: what follows cannot be told apart (RFC 9110 §10.1.1).
  const isBodyAwaited = request?.expectContinue === true && !x.isContinued && !x.request.isDone;
  x.isKept =
    request?.keepAlive === true && !x.isCloseDelimited && !isBodyAwaited && !down.isLast && !up.core.isDraining;
  options.connection = !x.isKept ? "close" : isOld ? "keep-alive" : "nothing";
  options.framing = framing;
  options.lines = x.answerLines;
  options.added = x.answerAdded;
  addResponseHead(up.core.batch, down.writer, head, options);
  options.lines = undefined;
  options.added = NOTHING;
  return true;
}

/** Another exchange began this answer, and `x` goes on with it. @param rest what is here of its body */
export function adoptAnswer(x: Exchange, up: Upstream, head: ResponseHead, rest: Buffer | undefined): void {
  x.answerHere = rest?.length ?? 0;
  x.downstream.deadline = up.core.nowMs + x.idleMs;
  if (beginAnswer(x, up, head)) passAnswer(x, up, rest ?? NO_BYTES, 0);
}

/** Nobody wants the answer whose head is here: its connection is kept when it is all of the answer. */
export function discardAnswer(x: Exchange): void {
  const { upstream: up, response } = x;
  if (!up || !response) return;
  const { framing, keepAlive } = response;
  const isWhole =
    framing.kind === "none" ? x.answerHere === 0 : framing.kind === "length" && framing.bytes === x.answerHere;
  if (isWhole && x.request.isDone && keepAlive && up.writer.pendingBytes === 0) release(up.core, up);
  else dropUpstream(up);
}

function passAnswer(x: Exchange, up: Upstream, bytes: Buffer, from: number): void {
  const { writer } = x.downstream;
  const { batch } = up.core;
  const at = carry(x.answer, batch, writer, bytes, from);
  flush(batch, writer);
  if (x.answer.violation) {
    const { detail, rule } = x.answer.violation;
    giveUp(x, new MeshError("response_invalid", `${detail} (${rule})`));
  } else if (x.answer.isDone) {
    complete(x, up, at === bytes.length);
  } else if (writer.pendingBytes > 0) {
    hold(x.answer, up.core.nowMs);
    pause(up);
  }
}

/** The answer is whole. @param isClean nothing followed it and the connection is open */
function complete(x: Exchange, up: Upstream, isClean: boolean): void {
  const down = x.downstream;
  x.lastInMs = up.core.nowMs;
  // what goes on waiting from here on stands between this phase and the end
  letGo(x.answer, up.core.nowMs);
  // an early answer: the service does not want the rest of the request, and the connection is in the middle of it
  if (isClean && x.request.isDone && x.response?.keepAlive && up.writer.pendingBytes === 0) release(up.core, up);
  else dropUpstream(up);
  if (down.isClosed) return;
  if (down.writer.pendingBytes > 0) down.stage = flushing;
  else x.way.settle(x);
}

function tunnel(x: Exchange, up: Upstream, head: ResponseHead, bytes: Buffer, at: number): void {
  const { writer } = x.downstream;
  if (head.status === 101 && (x.head?.upgrade === undefined || !x.request.isDone)) {
    giveUp(x, new MeshError("response_invalid", "101 to a request that asked for no upgrade (RFC 9110 §15.2.2)"));
    return;
  }
  x.response = head;
  x.status = head.status;
  x.isAnswerBegun = true;
  options.connection = head.status === 101 ? "upgrade" : "nothing";
  options.framing = head.framing;
  addResponseHead(up.core.batch, writer, head, options);
  flush(up.core.batch, writer);
  beginTunnel(x, up, at < bytes.length ? bytes.subarray(at) : undefined);
}
