// The things that the data plane works with, in one place because they point at each other: a connection on either side,
// the exchange between the two, and where it leads. Plain data; what is done with it stands in the folders.

import type { MeshError } from "../base/errors/index.ts";
import type { Random } from "../base/random.ts";
import type { PortProtocol } from "../model/project.ts";
import type { PackedSnapshot, PublishedListener, ServiceConfig } from "../model/snapshot.ts";
import type { TrafficPolicy } from "../model/traffic-policy.ts";
import type { WorkloadIdentity } from "../model/workload.ts";
import type { FieldLines, RequestHead, ResponseHead } from "../protocol/http1/types.ts";
import type { Load } from "./balance/load.ts";
import type { Batch } from "./batch.ts";
import type { Body } from "./body.ts";
import type { Session } from "./filter/persistence/token.ts";
import type { Trace } from "./filter/record/trace.ts";
import type { Limiter } from "./filter/shed/limiter.ts";
import type { Active, Check } from "./health/check.ts";
import type { SocketWriter } from "./socket-writer.ts";
import type { ProxySocket, SocketEvents } from "./sockets.ts";
import type { Timer, Timers } from "./timers.ts";
import type { Follower } from "./turns/follow.ts";
import type { DialTarget, Origin, ProxyDeps } from "./types.ts";

/** What a connection does with its socket's events. It moves on by changing its stage. */
export type Stage<C> = {
  /** for `debug connections` */
  readonly name: string;
  /** `bytes` are ours to keep */
  data(connection: C, bytes: Buffer): void;
  /** the peer will send no more (FIN) */
  end(connection: C): void;
  /** the socket takes bytes again */
  drain(connection: C): void;
  /** it is gone; `error` has a `code` such as ECONNRESET */
  close(connection: C, error: (Error & { code?: string }) | undefined): void;
  /** its deadline has passed */
  expire(connection: C): void;
};

export type Connection<Self> = {
  readonly socket: ProxySocket<Self>;
  /** for questions to the kernel; it belongs to the runtime */
  readonly fd: number;
  readonly writer: SocketWriter;
  readonly core: Core;
  stage: Stage<Self>;
  /** monotonic ms, Infinity = none */
  deadline: number;
  isPaused: boolean;
  isClosed: boolean;
  readonly openedMs: number;
  /** exchanges it carried */
  exchanges: number;
  /** retransmitted segments that a span has already told */
  retransmits: number;
  /** µs for which something was under way on it, that a span has already told */
  busyUs: number;
  /** place in the roster */
  place: number;
};

/** A connection from a caller: who it is, where it leads, and what it said that nobody has taken yet. */
export interface Downstream extends Connection<Downstream> {
  readonly side: "downstream";
  readonly origin: Origin;
  /** WorkloadIdentity.key of the caller, 0 = the outside */
  readonly source: number;
  /** what the caller dialled */
  readonly address: string;
  readonly port: number;
  destination: Destination | undefined;
  /** received and not taken, from `unreadAt` on */
  unread: Buffer | undefined;
  unreadAt: number;
  /** what it carries, see exchange.ts */
  exchange: Exchange;
  /** the lines that say whom a request was forwarded for, and the authority they are for; undefined: not made yet */
  forwarded: FieldLines;
  forwardedHost: string | undefined;
  /** when the first byte of a request whose head is not complete came; -1: none came */
  headBeganMs: number;
  /** no request after the one it carries */
  isLast: boolean;
  /** the caller has sent FIN */
  isHalfClosed: boolean;
  /** `readHeads` is on the call stack */
  isReading: boolean;
}

/** A connection to an app or an outside address. */
export interface Upstream extends Connection<Upstream> {
  readonly side: "upstream";
  readonly backend: Backend;
  /** the exchange it works for */
  exchange: Exchange | undefined;
  /** the start of an answer whose head is not complete */
  unread: Buffer | undefined;
  /** called once: the connection stands, or does not */
  connected: ((result: Upstream | MeshError) => void) | undefined;
  /** monotonic ms at which it came to rest in the pool */
  restingSince: number;
  /** whose connections are limited, and who counts this one; undefined: nobody */
  service: ServiceState | undefined;
}

/**
 * One request and its answer on their way through the stack, or one opaque connection. It is used again for other
 * requests, of this connection or another: nothing is allocated per request but what the heads themselves are.
 */
export type Exchange = {
  downstream: Downstream;
  /** counts its uses: a timer that comes back to one must find the same number */
  turn: number;
  /** The stack it is in: whoever ends it deep inside calls `way.settle`. At first that of all requests, from the choice of
   *  a route on that route's own. A layer that holds it back puts its own `outer` here for that time, so that what lies
   *  further in does not see an end of something that never came to it. */
  way: Link;
  /** where this request goes, once that is chosen: by a route, else it is what the connection leads to */
  destination: Destination | undefined;
  /** HttpRule.key, 0 = none */
  rule: number;
  /** what the rule's prefix match matched; empty: the rule matched otherwise */
  prefix: string;
  /** the path as it is matched, once somebody asked: see route/matcher/normal-path.ts */
  path: string;
  /** where the request goes out changed; undefined: as it came. See send/ */
  sentTarget: string | undefined;
  sentAuthority: string | undefined;
  sentLines: FieldLines | undefined;
  /** the same of the answer's lines */
  answerLines: FieldLines | undefined;
  /** lines that we add to the answer, whoever makes it */
  answerAdded: FieldLines;
  /** callers made of this one's copies, as long as its request is coming in */
  mirrors: Downstream[] | undefined;
  isMirror: boolean;
  /** the session that the caller showed, if it is one of here */
  session: Session | undefined;
  /** the backend that the caller's session belongs to: the first try goes there */
  pinned: Backend | undefined;
  /** monotonic ms at which the time for all of it is over, Infinity = none; and its timer, made when first needed */
  expiresMs: number;
  expiry: Timer | undefined;
  /** undefined for opaque connections, and for requests that could not be read */
  head: RequestHead | undefined;
  /** the head of the final answer, once it was read */
  response: ResponseHead | undefined;
  backend: Backend | undefined;
  upstream: Upstream | undefined;
  /** a connection that is being made; cut it to lose interest */
  dialing: Dialing | undefined;

  readonly request: Body;
  readonly answer: Body;
  isOpaque: boolean;
  /** an opaque connection on which nobody has said anything yet: it may still turn out to be HTTP */
  isUndecided: boolean;
  /** a byte of a final answer was handed to the downstream's writer: it can only be completed or cut now */
  isAnswerBegun: boolean;
  /** only the connection's end tells the client where the answer ends */
  isCloseDelimited: boolean;
  /** 100 Continue was passed on */
  isContinued: boolean;
  /** after a 101, or a 2xx to CONNECT, or for an opaque connection: bytes go both ways */
  isTunnel: boolean;
  /** reads along on an opaque connection, and how many turns of it were recorded */
  follower: Follower | undefined;
  turns: number;
  isReused: boolean;
  /** the client's connection can be used for another request afterwards */
  isKept: boolean;
  /** the one repetition on a fresh connection, after a pooled one turned out to be dead, was used */
  isRepeated: boolean;
  isSettled: boolean;
  /** why it failed; undefined: a whole answer was carried */
  error: MeshError | undefined;
  /** status of the answer that the client got, 0 = none */
  status: number;
  /** tries that were begun, this one included; 0: none yet */
  attempts: number;
  /** endpoints that failed it: a next try goes to others, as long as there are any */
  readonly tried: Backend[];
  /** the two endpoints that were compared; undefined: there was no such choice */
  drawnFirst: Backend | undefined;
  drawnSecond: Backend | undefined;
  /** monotonic ms at which this try began */
  tryMs: number;
  /** ms that its answer may take to begin, and that nothing may move; of the policy, else of LIMITS */
  waitMs: number;
  idleMs: number;
  /** its endpoint counts it as under way */
  isPicked: boolean;
  /** this try decides whether an ejected endpoint comes back */
  isProbe: boolean;
  /** monotonic ms at which it was let in where requests at once are limited; −1: they are not */
  admittedMs: number;
  /** a fault was injected */
  isInjected: boolean;
  /** status of an answer of ours that its error does not tell; 0: the error's */
  answerStatus: number;
  /** bytes a second that the answer may take; 0: any number */
  bandwidth: number;
  /** it is one of its service's requests under way that are limited */
  isHolding: boolean;
  /** of what its try has; made when first needed, `tryDue` is called when it is over */
  tryTimer: Timer | undefined;
  tryDue: Step | undefined;
  /** bytes behind the head of the final answer that came with it */
  answerHere: number;
  /** its second try, where that is made when an answer is late */
  hedge: Hedge | undefined;
  /** of a second try: whose it is, and what came behind the head of its answer */
  twinOf: Exchange | undefined;
  answerRest: Buffer | undefined;
  /** the answer was not passed on */
  isDiscarded: boolean;
  /** how long that answer asked to wait */
  retryAfterMs: number;

  readonly trace: Trace;
  /** µs since the epoch */
  startUs: number;
  /** monotonic ms, -1 = not reached; in the order in which they happen */
  startMs: number;
  headMs: number;
  routedMs: number;
  pooledMs: number;
  connectedMs: number;
  sentMs: number;
  firstByteMs: number;
  lastInMs: number;
};

export type Hedge = {
  /** the second try, while it is under way */
  twin: Exchange | undefined;
  /** what the first one met, when it failed while the second is under way; and the stack it was in */
  error: MeshError | undefined;
  way: Link;
  /** the first one is being taken back */
  isLeaving: boolean;
  timer: Timer | undefined;
};

/** A connection being made for an exchange, which may lose interest: `wanted` is then undefined. */
export type Dialing = {
  wanted: Exchange | undefined;
  limit: Timer | undefined;
  /** goes on with a connection that came to rest, if it may; undefined: only its own will do */
  readonly takeKept: ((x: Exchange) => boolean) | undefined;
};

/**
 * Where a connection leads: one port of a service, or one outside address, with the backends that can take it now.
 * It outlives snapshots, so that a swap costs a kept connection nothing: the snapshot's endpoints are written into it.
 */
export type Destination = {
  /** ServiceConfig.key, 0 = the outside */
  readonly service: number;
  /** for people: `cart` or `203.0.113.7` */
  readonly name: string;
  readonly port: number;
  readonly isEgress: boolean;
  /** declared by the service; undefined = detect */
  readonly protocol: PortProtocol | undefined;
  backends: readonly Backend[];
  /** how requests and connections get there: with its routes and its policy */
  ways: Ways;
  /** whom of its backends a request gets; made when first needed */
  chooser: Chooser | undefined;
  /** look it up again before the next use: the service changed, or had nobody on this port */
  isStale: boolean;
  /** learned: who sends first on this port. The server: do not wait for the client's first byte. The client, because
   *  HTTP answers came from there: one that is silent keeps a connection in reserve, as browsers do */
  begins: "server" | "client" | undefined;
};

/** One endpoint and the connections to it. */
export type Backend = {
  readonly target: DialTarget;
  /** WorkloadIdentity.key, 0 = the outside */
  readonly workload: number;
  readonly port: number;
  readonly load: Load;
  /** its place among the endpoints of the shared page; -1: not asked for yet, or none */
  slot: number;
  /** where it is; undefined: nobody says */
  zone: string | undefined;
  /** resting connections, the one used last at the end */
  readonly idle: Upstream[];
  /** connections being made whose exchanges may have one that comes to rest sooner, the oldest first */
  readonly dialing: Set<Dialing>;
  /** all open or connecting ones */
  open: number;
  /** ms after which the app was seen to close a resting connection; Infinity until it was */
  idleLimitMs: number;
  /** monotonic ms until which what must not be sent twice gets fresh connections, see pool/ */
  distrustedUntilMs: number;
  /** monotonic ms before which no connection is made that nobody asked for */
  warmAfterMs: number;
  /** not in the snapshot any more: open exchanges end, nothing new */
  isGone: boolean;
};

/** Whom of a destination's backends a request gets, and which of them may be used now. */
export type Chooser = {
  policy: Pick<TrafficPolicy, "loadBalancing" | "health">;
  pick: Picker;
  /** what it was worked out from */
  from: readonly Backend[];
  changes: number;
  untilMs: number;
  usable: readonly Backend[];
  /** ejected, and their time is over: one request each decides */
  returning: readonly Backend[];
  /** by zone; only with a preference */
  readonly zones: Map<string, Zone>;
};

/** `share` of the requests from a zone stays in it */
export type Zone = { readonly near: readonly Backend[]; readonly far: readonly Backend[]; readonly share: number };

/** What differs from request to request when an endpoint is picked. One object per stack, filled for each request. */
export type Ask = {
  readonly random: Random;
  nowMs: number;
  /** of what the policy hashes on */
  hash: number;
  /** endpoints that have failed this request already */
  avoid: readonly Backend[];
  /** the two that were compared, for the span; undefined when there was no choice */
  first: Backend | undefined;
  second: Backend | undefined;
};

/** @param backends not empty; the same array as long as nothing about it changed */
export type Picker = (backends: readonly Backend[], ask: Ask) => Backend;

/** A request that waits for a connection; `go`: there may be one now. */
export type Waiting = { readonly x: Exchange; readonly go: () => void };

/** What is known of a service beyond a snapshot's life. */
export type ServiceState = {
  /** ServiceConfig.key, 0 = the outside */
  readonly key: number;
  readonly name: string;
  /** its place in the page; -1: the page is full, and nothing is limited together */
  readonly slot: number;
  policy: TrafficPolicy;
  /** the stacks to it without a route, and the policy they were made of */
  made: { readonly text: string; readonly ways: Ways } | undefined;
  /** open and connecting connections that all workers may hold to it; 0: any number */
  maxConnections: number;
  /** requests of all workers that may wait for one */
  maxPending: number;
  /** requests that wait for one of them, in this worker, the oldest first */
  readonly waiting: Waiting[];
  /** of requests at once, learned from latency; undefined until it is asked for */
  limiter: Limiter | undefined;
  /** requests under way by caller, where they are limited */
  readonly callers: Map<number, number>;
};

/** The snapshot as the data plane reads it: virtual address → service → port → destination. */
export type Table = {
  readonly snapshot: PackedSnapshot;
  readonly byAddress: ReadonlyMap<string, TableEntry>;
  readonly byService: ReadonlyMap<string, TableEntry>;
  /** of workloads' own addresses */
  readonly own: {
    /** made when first asked; of IPv6 as the kernel spells them */
    byAddress: ReadonlyMap<string, WorkloadIdentity> | undefined;
    /** by WorkloadIdentity.key, those that were called */
    readonly entries: Map<number, TableEntry>;
  };
  /** services whose policy asks for active checks */
  readonly checked: readonly { readonly entry: TableEntry; readonly active: Active }[];
  readonly routes: Routes;
};

/** The two stacks that lead to a destination; they come out at the stack that the exchange began in. */
export type Ways = {
  readonly http: Link;
  readonly opaque: Link;
  /** routes lead on from here: to call it, nobody of its own need be there */
  readonly isRouted: boolean;
  /** what routes want its connections to be, where the service does not say it */
  readonly protocol: PortProtocol | undefined;
};

/** What the routing of a config became. */
export type Routes = {
  /** to a service */
  waysTo(service: ServiceConfig, port: number): Ways;
  /** to one workload of a service, called by its own address: no routes, but the policy */
  waysToOne(service: ServiceConfig): Ways;
  /** what a gateway's listening socket leads to */
  gateway(listener: PublishedListener): Destination | undefined;
  /** another config is in force: whoever still leads here must look again */
  retire(): void;
};

export type TableEntry = {
  readonly config: ServiceConfig;
  /** undefined: all workloads of the service; else the one whose own address this is */
  readonly workload: WorkloadIdentity | undefined;
  /** undefined: nobody has asked yet */
  servers: Servers | undefined;
  /** made when first asked for */
  readonly destinations: Map<number, Destination>;
};

/** Who serves a service, read from the snapshot's text. */
export type Servers = {
  readonly workloads: readonly WorkloadIdentity[];
  /** by workload, address and port */
  readonly backends: ReadonlyMap<string, Backend>;
  readonly byPort: ReadonlyMap<number, readonly Backend[]>;
};

/** All open connections of a worker. */
export type Roster = {
  add(connection: Downstream | Upstream): void;
  remove(connection: Downstream | Upstream): void;
  /** tells the stage of every connection whose deadline has passed */
  sweep(nowMs: number): void;
  readonly all: readonly (Downstream | Upstream)[];
};

/** What every part of one worker's data plane shares. */
export type Core = {
  readonly deps: ProxyDeps;
  readonly roster: Roster;
  readonly batch: Batch;
  readonly timers: Timers;
  readonly upstreamHandlers: SocketEvents<Upstream>;
  /** the two stacks that everything begins in */
  http: Link;
  opaque: Link;
  /** where copies of requests come out */
  mirror: Link;
  /** copies of requests under way */
  mirroring: number;
  /** to a destination that has no routes and the default policy */
  plain: Ways;
  table: Table;
  /** outside addresses by caller, address and port, oldest first */
  readonly egress: Map<string, Destination>;
  /** by ServiceConfig.key */
  readonly services: Map<number, ServiceState>;
  /** connects under way */
  connecting: number;
  /** monotonic ms at which the current event began, see time.ts */
  nowMs: number;
  /** µs since the Unix epoch at which the monotonic clock was 0 */
  epochUs: number;
  /** of the endpoints that this worker checks for the whole host */
  readonly checks: Map<Backend, Check>;
  /** exchanges that no connection has */
  readonly spare: Exchange[];
  /** monotonic ms at which the shared page was last told what is in use */
  touchedMs: number;
  isDraining: boolean;
};

export type Step = (exchange: Exchange) => void;
/**
 * `run` goes inwards with the exchange, `settle` comes back outwards with how it ended. Between the two `answer` goes
 * outwards with the head of the final answer, of which nothing was passed on yet. False: a layer took the exchange from
 * there, its upstream included; nothing of this answer is passed on.
 */
export type Link = { run: Step; answer: (exchange: Exchange) => boolean; settle: Step };
export type Layer = (inner: Link, outer: Link) => Partial<Link>;
