// A caller's connection between requests: reads the next head, and sets its exchange going. One at a time: the answers to
// pipelined requests are in order because the next request is not looked at before.

import type { ErrorCode } from "../../base/errors/index.ts";
import { MeshError } from "../../base/errors/index.ts";
import { NO_BODY } from "../../protocol/http1/framing.ts";
import { knownFields } from "../../protocol/http1/known-fields.ts";
import { parseRequestHead } from "../../protocol/http1/request.ts";
import type { RequestHead, Violation } from "../../protocol/http1/types.ts";
import { beginBody } from "../body.ts";
import { byConnection } from "../by-connection.ts";
import { hangUp, hangUpSilent, pause, resume } from "../connection.ts";
import { giveExchange, renew, takeExchange } from "../exchange.ts";
import { LIMITS } from "../limits.ts";
import { requesting } from "../send/requesting.ts";
import type { Downstream, Stage } from "../shapes.ts";
import { drained, unsent } from "../socket-writer.ts";
import { forgetDownstream, keepUnread, takeUnread } from "./downstream.ts";

const fieldsBefore = byConnection(knownFields);

/** Ready for the next request, which may be there already. */
export function awaitRequest(down: Downstream): void {
  down.stage = reading;
  if (down.headBeganMs < 0) down.deadline = down.core.nowMs + LIMITS.keepAliveMs;
  readHeads(down);
}

const reading: Stage<Downstream> = {
  name: "idle",
  data(down, bytes) {
    keepUnread(down, bytes);
    readHeads(down);
  },
  end(down) {
    // what is there is no whole request, or it would have been taken
    hangUp(down);
  },
  drain(down) {
    if (drained(down.writer)) readHeads(down);
  },
  close: forgetDownstream,
  expire(down) {
    if (!down.unread) return hangUpSilent(down);
    begin(down, undefined);
    down.exchange.error = new MeshError("request_timeout", `its head was not complete within ${LIMITS.headMs} ms`);
    down.exchange.way.run(down.exchange);
  },
};

/** A loop instead of a recursion: a caller may send a thousand requests in one segment, each refused at once. */
function readHeads(down: Downstream): void {
  if (down.isReading) return;
  down.isReading = true;
  while (down.stage === reading && down.unread && !down.isClosed) {
    // it does not take its answers: no more work for it
    if (down.writer.pendingBytes > LIMITS.bufferedBytes) {
      pause(down);
      break;
    }
    if (!readHead(down)) break;
  }
  down.isReading = false;
  if (down.stage !== reading || down.isClosed) return;
  giveExchange(down);
  if (down.isHalfClosed && unsent(down.writer) === 0) hangUp(down);
  else if (down.writer.pendingBytes <= LIMITS.bufferedBytes) resume(down);
}

function readHead(down: Downstream): boolean {
  const { unread, unreadAt, core } = down;
  if (!unread) return false;
  if (down.headBeganMs < 0) {
    down.headBeganMs = core.nowMs;
    down.deadline = down.headBeganMs + LIMITS.headMs;
  }
  const result = parseRequestHead(unread, unreadAt, unread.length, LIMITS.head, fieldsBefore(down.fd));
  if (result.kind === "incomplete") return false;
  if (result.kind === "violation") {
    down.unread = undefined;
    begin(down, undefined);
    down.exchange.error = refusal(result.violation);
  } else {
    takeUnread(down, unreadAt + result.length);
    begin(down, result.head);
  }
  down.exchange.way.run(down.exchange);
  return true;
}

function begin(down: Downstream, head: RequestHead | undefined): void {
  const { core } = down;
  const x = takeExchange(down);
  renew(x, core.http, core.epochUs + down.headBeganMs * 1000, down.headBeganMs);
  x.head = head;
  x.headMs = core.nowMs;
  down.headBeganMs = -1;
  beginBody(x.request, head?.framing ?? NO_BODY, head?.framing.kind === "chunked");
  beginBody(x.answer, NO_BODY, false);
  down.stage = requesting;
}

const CODES: Readonly<Record<Violation["status"], ErrorCode>> = {
  400: "request_invalid",
  414: "request_target_too_long",
  431: "request_head_too_large",
  501: "request_coding_unknown",
  505: "request_version_unsupported",
};

function refusal({ status, detail, rule }: Violation): MeshError {
  return new MeshError(CODES[status], `${detail} (${rule})`);
}
