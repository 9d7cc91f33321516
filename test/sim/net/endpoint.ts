// The kernel's side of a TCP connection on a virtual network: what is in flight, what lies unread, what the peer has done.
// Bytes arrive in order, after a delay, in pieces; FIN behind them; a reset does not wait for what is under way.
import type { ManualClock } from "../../../src/base/clock.manual.ts";
import type { Draw } from "../draw.ts";

/** How a way through the network is. */
export type Link = {
  /** one way, ms */
  readonly delayMs: number;
  /** on top of it, at most, ms */
  readonly jitterMs: number;
  readonly bytesPerMs: number;
  /** bytes that fit between the sender's `write` and the receiver's `read` */
  readonly capacity: number;
  /** of what is sent, this share is lost and comes later */
  readonly loss: number;
  /** of what is sent, this share arrives in pieces */
  readonly splits: number;
};

export type Wire = { readonly clock: ManualClock; readonly draw: Draw };

export type Endpoint = {
  readonly wire: Wire;
  readonly link: Link;
  /** who has it: for the trace, and to know which worker connected */
  owner: string;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  peer: Endpoint | undefined;
  /** the three-way handshake is over */
  isStanding: boolean;
  /** its owner has closed it */
  isClosed: boolean;
  /** it was reset, refused or given up: nothing comes or goes any more */
  isDead: boolean;
  /** why; whoever asks first takes it, as in Linux */
  error: string | undefined;
  readonly received: Buffer[];
  unread: number;
  /** the peer's FIN came */
  isFinReceived: boolean;
  isFinSent: boolean;
  /** sent and not yet read by the peer */
  underWay: number;
  /** the owner wants to hear when there is room */
  isBlocked: boolean;
  /** its machine is gone, without a word */
  isVanished: boolean;
  keepAliveMs: number;
  /** what was sent last arrives then */
  lastArrivalMs: number;
  /** something changed */
  notify: () => void;
};

/** a kernel gives up sending again after so long (tcp_retries2) */
const GIVE_UP_MS = 924_000;
/** ten probes, a second apart, as the runtime sets it */
const PROBES_MS = 10_000;

export function endpoint(
  wire: Wire,
  link: Link,
  owner: string,
  [localAddress, localPort]: readonly [string, number],
  [remoteAddress, remotePort]: readonly [string, number],
): Endpoint {
  return {
    wire,
    link,
    owner,
    localAddress,
    localPort,
    remoteAddress,
    remotePort,
    peer: undefined,
    isStanding: false,
    isClosed: false,
    isDead: false,
    error: undefined,
    received: [],
    unread: 0,
    isFinReceived: false,
    isFinSent: false,
    underWay: 0,
    isBlocked: false,
    isVanished: false,
    keepAliveMs: 0,
    lastArrivalMs: 0,
    notify() {},
  };
}

type Segment = Buffer | "fin" | "rst";

/** Takes what there is room for, and copies it. −1: the connection is gone. */
export function send(self: Endpoint, bytes: Uint8Array, from = 0, length = bytes.length - from): number {
  if (self.isClosed || self.isFinSent) return -1;
  if (self.isDead) {
    self.error = undefined;
    return -1;
  }
  const room = self.isStanding ? self.link.capacity - self.underWay : 0;
  const taken = Math.min(room, length);
  if (taken < length) self.isBlocked = true;
  if (taken <= 0) return 0;
  self.underWay += taken;
  const { draw } = self.wire;
  const copy = Buffer.from(bytes.subarray(from, from + taken));
  let at = 0;
  while (taken - at > 1 && draw.chance(self.link.splits)) {
    const size = 1 + draw.below(draw.chance(0.5) ? Math.min(8, taken - at - 1) : taken - at - 1);
    transmit(self, copy.subarray(at, at + size));
    at += size;
  }
  transmit(self, at === 0 ? copy : copy.subarray(at));
  if (self.peer?.isVanished) giveUpLater(self);
  return taken;
}

/** At most `max` bytes, one piece or several joined; undefined: nothing there. They are the caller's. */
export function read(self: Endpoint, max: number): Buffer | undefined {
  const { received, peer } = self;
  if (self.unread === 0) return undefined;
  let size = 0;
  let count = 0;
  while (count < received.length && size < max) size += (received[count++] as Buffer).length;
  const pieces = received.splice(0, count);
  let bytes = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
  if (size > max) {
    received.unshift(bytes.subarray(max));
    bytes = bytes.subarray(0, max);
  }
  self.unread -= bytes.length;
  if (peer) {
    peer.underWay -= bytes.length;
    if (peer.isBlocked && hasRoom(peer)) soon(self, () => makeRoom(peer));
  }
  return bytes;
}

function makeRoom(self: Endpoint): void {
  if (!self.isBlocked || !hasRoom(self) || self.isClosed || self.isVanished) return;
  self.isBlocked = false;
  self.notify();
}

/** A kernel tells of room when there is a good part of it. */
export function hasRoom(self: Endpoint): boolean {
  return self.isStanding && self.link.capacity - self.underWay >= self.link.capacity / 3;
}

/** FIN behind what was sent. */
export function shutdown(self: Endpoint): void {
  if (self.isFinSent || self.isClosed || self.isDead) return;
  self.isFinSent = true;
  if (self.isStanding) transmit(self, "fin");
}

/** Both ways. What lies unread makes a reset of it, as in Linux. */
export function close(self: Endpoint): void {
  if (self.isClosed) return;
  self.isClosed = true;
  if (!self.isDead && self.isStanding) {
    if (self.unread > 0) transmit(self, "rst");
    else if (!self.isFinSent) transmit(self, "fin");
  } else if (!self.isDead) transmit(self, "rst");
  self.received.length = 0;
  self.isFinSent = true;
}

export function reset(self: Endpoint): void {
  if (self.isClosed) return;
  self.isClosed = true;
  self.received.length = 0;
  if (!self.isDead) transmit(self, "rst");
  self.isFinSent = true;
}

/** Its machine is gone: nothing it sends leaves, nothing reaches it, and the peer is not told. */
export function vanish(self: Endpoint): void {
  if (self.isVanished) return;
  self.isVanished = true;
  const { peer } = self;
  if (!peer || peer.isClosed || peer.isDead) return;
  if (peer.underWay > 0) giveUpLater(peer);
  else if (peer.keepAliveMs > 0) keepAlive(peer, peer.keepAliveMs);
}

export function keepAlive(self: Endpoint, ms: number): void {
  self.keepAliveMs = ms;
  if (self.peer?.isVanished) self.wire.clock.after(ms + PROBES_MS, () => die(self, "ETIMEDOUT"));
}

function giveUpLater(self: Endpoint): void {
  self.wire.clock.after(GIVE_UP_MS, () => die(self, "ETIMEDOUT"));
}

export function die(self: Endpoint, error: string): void {
  if (self.isDead || self.isClosed || self.isVanished) return;
  self.isDead = true;
  self.error = error;
  self.notify();
}

/** Takes the error, which is told once. */
export function takeError(self: Endpoint): string | undefined {
  const { error } = self;
  self.error = undefined;
  return error;
}

export function peekAt(self: Endpoint): "open" | "data" | "fin" | "error" {
  if (self.unread > 0) return "data";
  if (self.isFinReceived) return "fin";
  if (takeError(self)) return "error";
  return self.isDead ? "fin" : "open";
}

export function oneWayMs({ link, wire }: Endpoint): number {
  return link.delayMs + wire.draw.between(0, link.jitterMs);
}

function soon(self: Endpoint, run: () => void): void {
  self.wire.clock.after(oneWayMs(self), run);
}

/** again after so many ms, as a kernel's first retransmission */
const RETRANSMIT_MS = 200;

function transmit(self: Endpoint, segment: Segment): void {
  const { peer, link, wire } = self;
  if (!peer || self.isVanished) return;
  let arrival = wire.clock.monotonicMs() + oneWayMs(self);
  if (wire.draw.chance(link.loss)) arrival += RETRANSMIT_MS;
  if (segment !== "rst") {
    if (segment !== "fin") arrival += segment.length / link.bytesPerMs;
    arrival = Math.max(arrival, self.lastArrivalMs);
    self.lastArrivalMs = arrival;
  }
  wire.clock.at(arrival, () => arrive(peer, segment));
}

function arrive(self: Endpoint, segment: Segment): void {
  if (self.isVanished || self.isDead) return;
  if (segment === "rst") {
    if (self.isClosed) return;
    die(self, self.isFinReceived ? "EPIPE" : self.isStanding ? "ECONNRESET" : "ECONNREFUSED");
    return;
  }
  if (self.isClosed) {
    if (segment !== "fin") transmit(self, "rst");
    return;
  }
  if (segment === "fin") {
    self.isFinReceived = true;
  } else {
    self.received.push(segment);
    self.unread += segment.length;
  }
  self.notify();
}
