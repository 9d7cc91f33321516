// How an exchange begins: see shapes.ts for what it is.
import type { Random } from "../base/random.ts";
import { NO_BODY } from "../protocol/http1/framing.ts";
import type { FieldLines } from "../protocol/http1/types.ts";
import { beginBody, body } from "./body.ts";
import { newIds, trace } from "./filter/record/trace.ts";
import { END } from "./layer.ts";
import type { Downstream, Exchange, Link } from "./shapes.ts";

const NO_LINES = "" as FieldLines;

export function exchange(downstream: Downstream, way = downstream.core.http): Exchange {
  return {
    downstream,
    turn: 0,
    way,
    destination: undefined,
    rule: 0,
    prefix: "",
    path: "",
    sentTarget: undefined,
    sentAuthority: undefined,
    sentLines: undefined,
    answerLines: undefined,
    answerAdded: NO_LINES,
    mirrors: undefined,
    isMirror: false,
    session: undefined,
    pinned: undefined,
    expiresMs: Number.POSITIVE_INFINITY,
    expiry: undefined,
    head: undefined,
    response: undefined,
    backend: undefined,
    upstream: undefined,
    dialing: undefined,
    request: body(),
    answer: body(),
    isOpaque: false,
    isUndecided: false,
    isAnswerBegun: false,
    isCloseDelimited: false,
    isContinued: false,
    isTunnel: false,
    follower: undefined,
    turns: 0,
    isReused: false,
    isKept: false,
    isRepeated: false,
    isSettled: false,
    error: undefined,
    status: 0,
    attempts: 0,
    tried: [],
    drawnFirst: undefined,
    drawnSecond: undefined,
    tryMs: -1,
    waitMs: 0,
    idleMs: 0,
    isPicked: false,
    isProbe: false,
    isHolding: false,
    admittedMs: -1,
    isInjected: false,
    answerStatus: 0,
    bandwidth: 0,
    tryTimer: undefined,
    tryDue: undefined,
    answerHere: 0,
    hedge: undefined,
    twinOf: undefined,
    answerRest: undefined,
    isDiscarded: false,
    retryAfterMs: 0,
    trace: trace(),
    startUs: 0,
    startMs: -1,
    headMs: -1,
    routedMs: -1,
    pooledMs: -1,
    connectedMs: -1,
    sentMs: -1,
    firstByteMs: -1,
    lastInMs: -1,
  };
}

/** What a connection has that carries nothing: most of them rest most of the time, and an exchange is a kilobyte. */
export const AT_REST: Exchange = Object.freeze({ ...exchange({} as Downstream, END), isSettled: true });

export function takeExchange(down: Downstream): Exchange {
  if (down.exchange !== AT_REST) return down.exchange;
  const x = down.core.spare.pop() ?? exchange(down);
  x.downstream = down;
  down.exchange = x;
  return x;
}

/** For the next connection that needs one. */
export function giveExchange(down: Downstream): void {
  const x = down.exchange;
  if (x === AT_REST) return;
  down.exchange = AT_REST;
  x.head = undefined;
  x.response = undefined;
  down.core.spare.push(x);
}

/** Begins the next one. @param way the stack it begins in @param startMs monotonic, of its first byte */
export function renew(x: Exchange, way: Link, startUs: number, startMs: number): void {
  x.turn++;
  x.way = way;
  x.destination = undefined;
  x.rule = 0;
  x.prefix = "";
  x.path = "";
  x.sentTarget = undefined;
  x.sentAuthority = undefined;
  x.sentLines = undefined;
  x.answerLines = undefined;
  x.answerAdded = NO_LINES;
  x.mirrors = undefined;
  x.isMirror = false;
  x.session = undefined;
  x.pinned = undefined;
  x.expiresMs = Number.POSITIVE_INFINITY;
  x.head = undefined;
  x.response = undefined;
  x.backend = undefined;
  x.upstream = undefined;
  x.dialing = undefined;
  x.isOpaque = false;
  x.isUndecided = false;
  x.isAnswerBegun = false;
  x.isCloseDelimited = false;
  x.isContinued = false;
  x.isTunnel = false;
  x.follower = undefined;
  x.turns = 0;
  x.isReused = false;
  x.isKept = false;
  x.isRepeated = false;
  x.isSettled = false;
  x.error = undefined;
  x.status = 0;
  x.attempts = 0;
  if (x.tried.length > 0) x.tried.length = 0;
  x.drawnFirst = undefined;
  x.drawnSecond = undefined;
  x.isPicked = false;
  x.isProbe = false;
  x.isHolding = false;
  x.admittedMs = -1;
  x.isInjected = false;
  x.answerStatus = 0;
  x.bandwidth = 0;
  x.tryDue = undefined;
  x.hedge = undefined;
  x.answerRest = undefined;
  x.isDiscarded = false;
  x.startUs = startUs;
  x.startMs = startMs;
  x.headMs = -1;
  x.routedMs = -1;
  x.pooledMs = -1;
  x.connectedMs = -1;
  x.sentMs = -1;
  x.firstByteMs = -1;
  x.lastInMs = -1;
}

/** The last try has failed and been recorded; the next one is a call of its own, with ids of its own. */
export function beginNextTry(x: Exchange, random: Random): void {
  x.attempts++;
  x.error = undefined;
  x.isDiscarded = false;
  x.response = undefined;
  x.status = 0;
  x.upstream = undefined;
  x.isReused = false;
  x.isRepeated = false;
  x.pooledMs = -1;
  x.connectedMs = -1;
  x.sentMs = -1;
  x.firstByteMs = -1;
  x.lastInMs = -1;
  x.answerLines = undefined;
  x.answerAdded = NO_LINES;
  beginBody(x.answer, NO_BODY, false);
  newIds(x.trace, random);
}
