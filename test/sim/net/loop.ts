// One process's event loop on a virtual network, with sockets that behave as the runtime's do (contract.test.ts holds both
// to the same table): level-triggered, one read of a socket in a turn, `drain` also after pause, resume and the peer's FIN,
// a reset told even while paused, an error lost to whoever takes it first.
import { drainMicrotasks } from "bun:jsc";
import type { ProxySocket, SocketEvents, SocketListener, Sockets } from "../../../src/proxy/sockets.ts";
import type { Draw } from "../draw.ts";
import {
  close,
  type Endpoint,
  hasRoom,
  keepAlive,
  peekAt,
  read,
  reset,
  send,
  shutdown,
  takeError,
  type Wire,
} from "./endpoint.ts";
import type { Listener, Network } from "./network.ts";

export type Loop = {
  readonly sockets: Sockets;
  /** a descriptor for an endpoint, as the opener passes it */
  give(endpoint: Endpoint): number;
  /** a descriptor for a place to listen at */
  giveListener(place: string): number;
  /** runs `run` as an event of its own: a message, a timer; later, when the process does not get the processor */
  enter(run: () => void): void;
  /** it does not get the processor for so long */
  stall(ms: number): void;
  /** as SIGKILL: the kernel closes what it had */
  kill(): void;
  /** descriptors that are open */
  openFds(): number;
};

export type LoopDeps = {
  readonly wire: Wire;
  readonly network: Network;
  readonly name: string;
  readonly draw: Draw;
  /** what one event costs, ms */
  readonly costMs: number;
  /** is told what the process writes, before it is under way */
  readonly wrote?: (endpoint: Endpoint, bytes: Uint8Array, from: number) => void;
};

const READ_BYTES = 512 * 1024;

type VirtualSocket = {
  readonly endpoint: Endpoint;
  readonly events: SocketEvents<unknown>;
  readonly face: ProxySocket<unknown>;
  isReading: boolean;
  /** wants to hear that it can write */
  isPolled: boolean;
  isEnded: boolean;
  isClosed: boolean;
};

export function virtualLoop({ wire, network, name, draw, costMs, wrote }: LoopDeps): Loop {
  const { clock } = wire;
  const given = new Map<number, Endpoint | string>();
  const sockets = new Map<number, VirtualSocket>();
  const listeners = new Map<number, Listener>();
  const ready = new Set<VirtualSocket | (() => void)>();
  let endOfTurn: (() => void)[] = [];
  let nextFd = 10;
  let busyUntil = 0;
  let isTurnSet = false;
  let isDead = false;

  function wakeUp(what: VirtualSocket | (() => void)): void {
    if (isDead) return;
    ready.add(what);
    if (isTurnSet) return;
    isTurnSet = true;
    clock.at(busyUntil, turn);
  }

  function turn(): void {
    isTurnSet = false;
    if (isDead) return;
    const now = clock.monotonicMs();
    if (now < busyUntil) {
      isTurnSet = true;
      clock.at(busyUntil, turn);
      return;
    }
    const all = [...ready];
    ready.clear();
    for (const what of all) {
      if (typeof what === "function") what();
      else dispatch(what);
      drainMicrotasks();
      if (isDead) return;
    }
    const after = endOfTurn;
    endOfTurn = [];
    for (const run of after) run();
    drainMicrotasks();
    busyUntil = Math.max(busyUntil, now + costMs * all.length);
  }

  function adopt(fd: number, one: Endpoint, data: unknown, events: SocketEvents<unknown>): VirtualSocket {
    const self: VirtualSocket = {
      endpoint: one,
      events,
      face: {
        fd,
        data,
        localAddress: one.localAddress,
        localPort: one.localPort,
        remoteAddress: one.remoteAddress,
        write(bytes: Uint8Array, from: number, length: number) {
          if (self.isClosed) return -1;
          wrote?.(one, bytes, from);
          const taken = send(one, bytes, from, length);
          if (taken >= 0 && taken < length) poll(self);
          return taken;
        },
        shutdown() {
          if (self.isClosed) return;
          shutdown(one);
          wakeUp(self);
        },
        end() {
          if (self.isClosed) return;
          close(one);
          closed(self, undefined);
        },
        terminate() {
          if (self.isClosed) return;
          reset(one);
          closed(self, undefined);
        },
        pause() {
          self.isReading = false;
          poll(self);
        },
        resume() {
          self.isReading = true;
          poll(self);
        },
        setKeepAlive: (_isOn: boolean, ms: number) => keepAlive(one, ms),
        setNoDelay() {},
      } as unknown as ProxySocket<unknown>,
      isReading: true,
      isPolled: false,
      isEnded: false,
      isClosed: false,
    };
    sockets.set(fd, self);
    one.notify = () => wakeUp(self);
    return self;
  }

  function poll(self: VirtualSocket): void {
    self.isPolled = true;
    wakeUp(self);
  }

  function fire(self: VirtualSocket, run: () => void): void {
    try {
      run();
    } catch (error) {
      self.events.error(self.face, error as Error);
    }
  }

  function closed(self: VirtualSocket, code: string | undefined): void {
    if (self.isClosed) return;
    self.isClosed = true;
    ready.delete(self);
    sockets.delete((self.face as unknown as { fd: number }).fd);
    self.endpoint.notify = () => {};
    close(self.endpoint);
    const error = code === undefined ? undefined : Object.assign(new Error(code), { code });
    fire(self, () => self.events.close(self.face, error));
  }

  /** What the loop does about a socket that is ready, in the runtime's order: room, bytes, the peer's FIN, errors. */
  function dispatch(self: VirtualSocket): void {
    const { endpoint: one, events, face } = self;
    if (self.isClosed) return;
    const { isDead: isReset } = one;
    if (self.isPolled && !isReset && !one.isFinSent && hasRoom(one)) {
      self.isPolled = false;
      one.isBlocked = false;
      fire(self, () => events.drain(face));
      if (self.isClosed) return;
    }
    if (self.isReading || isReset) readOnce(self, isReset);
    if (isReset) closed(self, takeError(one));
    if (self.isClosed) return;
    if (self.isReading && (one.unread > 0 || (one.isFinReceived && (!self.isEnded || one.isFinSent)))) wakeUp(self);
    if (self.isPolled && hasRoom(one) && !one.isFinSent) wakeUp(self);
  }

  function readOnce(self: VirtualSocket, isReset: boolean): void {
    const { endpoint: one, events, face } = self;
    const bytes = read(one, draw.chance(0.02) ? 1 + draw.below(2000) : READ_BYTES);
    const isEnd = one.isFinReceived || (isReset && one.error === undefined);
    if (bytes) {
      fire(self, () => events.data(face, bytes));
    } else if (isEnd && one.isFinSent && !isReset) {
      closed(self, undefined);
    } else if (isEnd && !self.isEnded) {
      self.isEnded = true;
      self.isPolled = true;
      fire(self, () => events.end(face));
    }
  }

  function accept(listener: Listener, events: SocketEvents<unknown>): void {
    for (const one of listener.queue.splice(0)) {
      const self = adopt(nextFd++, one, undefined, events);
      fire(self, () => events.open(self.face));
      if (!self.isClosed) wakeUp(self);
    }
  }

  return {
    sockets: {
      listen<T>(fd: number, events: SocketEvents<T>): SocketListener {
        const place = given.get(fd);
        if (typeof place !== "string") throw new Error(`${name}: descriptor ${fd} does not listen`);
        given.delete(fd);
        const shared = events as SocketEvents<unknown>;
        const arrived = () => accept(listener, shared);
        const listener = network.listen(place, name, () => wakeUp(arrived));
        listeners.set(fd, listener);
        return {
          stop() {
            listeners.delete(fd);
            network.close(listener);
          },
        };
      },
      connect<T>(fd: number, data: unknown, events: SocketEvents<T>): void {
        const one = given.get(fd);
        if (one === undefined || typeof one === "string") throw new Error(`${name}: descriptor ${fd} is no connection`);
        given.delete(fd);
        const self = adopt(fd, one, data, events as SocketEvents<unknown>);
        fire(self, () => self.events.open(self.face));
        if (!self.isClosed) poll(self);
      },
      peek(fd) {
        const self = sockets.get(fd);
        return self ? peekAt(self.endpoint) : "error";
      },
      tcpInfo: (fd) => (sockets.has(fd) ? { rttUs: 100, rtoUs: 200_000, retransmits: 0, busyUs: 0 } : undefined),
      atEndOfTurn: (run) => void endOfTurn.push(run),
    },
    give(one) {
      const fd = nextFd++;
      given.set(fd, one);
      return fd;
    },
    giveListener(place) {
      const fd = nextFd++;
      given.set(fd, place);
      return fd;
    },
    enter: (run) => wakeUp(() => run()),
    stall(ms) {
      busyUntil = Math.max(busyUntil, clock.monotonicMs() + ms);
    },
    kill() {
      isDead = true;
      ready.clear();
      for (const listener of listeners.values()) network.close(listener);
      for (const { endpoint: one } of sockets.values()) {
        one.notify = () => {};
        close(one);
      }
      for (const one of given.values()) if (typeof one !== "string") close(one);
    },
    openFds: () => sockets.size + listeners.size + given.size,
  };
}
