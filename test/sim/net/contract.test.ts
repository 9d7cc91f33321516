// The virtual sockets against the runtime's: one table of behaviours, each row run on both. Loopback is a network without
// delay, so what a row says happens within a moment; a fence tells when it is over.
import { afterAll, describe, expect, test } from "bun:test";
import { manualClock } from "../../../src/base/clock.manual.ts";
import {
  descriptor,
  type ProxySocket,
  type SocketEvents,
  type SocketListener,
  type Sockets,
  systemSockets,
} from "../../../src/proxy/sockets.ts";
import { dialTcp, listenTcp, localAddress } from "../../../src/sys/socket.ts";
import { draws } from "../draw.ts";
import { virtualLoop } from "./loop.ts";
import { network } from "./network.ts";

type Ground = {
  readonly sockets: Sockets;
  listening(): { fd: number; place: number };
  dialing(place: number): number;
  /** everything that is under way has happened */
  settle(): Promise<void>;
};

type End = {
  socket: ProxySocket<unknown>;
  /** what happened, pieces of bytes added up */
  readonly log: string[];
  bytes: number;
};

type Reaction = Partial<Record<"data" | "end" | "drain" | "close", (end: End) => void>>;

const BIG = Buffer.alloc(30_000_000);
const TWO = Buffer.from("hi");

function listeningEnd(reaction: Reaction = {}): { end: End; events: SocketEvents<unknown> } {
  const end = { log: [], bytes: 0 } as unknown as End;
  const events: SocketEvents<unknown> = {
    open(socket) {
      end.socket = socket;
      end.log.push("open");
    },
    data(_, bytes) {
      end.bytes += bytes.length;
      if (end.log.at(-1) !== "data") end.log.push("data");
      reaction.data?.(end);
    },
    end() {
      end.log.push("end");
      reaction.end?.(end);
    },
    drain() {
      end.log.push("drain");
      reaction.drain?.(end);
    },
    close(_, error) {
      end.log.push(error ? `close ${error.code}` : "close");
      reaction.close?.(end);
    },
    error: (_, error) => void end.log.push(`error ${error.message}`),
  };
  return { end, events };
}

type Pair = { a: End; b: End; listener: SocketListener; place: number };

/** `a` connected, `b` accepted; their logs begin empty. */
async function pair(ground: Ground, a: Reaction = {}, b: Reaction = {}): Promise<Pair> {
  const ends = [listeningEnd(a), listeningEnd(b)] as const;
  const { fd, place } = ground.listening();
  const listener = ground.sockets.listen(fd, ends[1].events);
  ground.sockets.connect(ground.dialing(place), {}, ends[0].events);
  await ground.settle();
  for (const { end } of ends) end.log.length = 0;
  return { a: ends[0].end, b: ends[1].end, listener, place };
}

const write = ({ socket }: End, bytes: Uint8Array = TWO) => socket.write(bytes, 0, bytes.length);

type Row = [what: string, run: (ground: Ground) => Promise<unknown>, wanted: unknown];

const TABLE: readonly Row[] = [
  [
    "`open` of a connection comes within the call, `drain` when it stands",
    async (ground) => {
      const { end, events } = listeningEnd();
      const { fd, place } = ground.listening();
      ground.sockets.listen(fd, listeningEnd().events);
      ground.sockets.connect(ground.dialing(place), {}, events);
      const within = [...end.log];
      await ground.settle();
      return [within, end.log];
    },
    [["open"], ["open", "drain"]],
  ],
  [
    "a refusal is a close with its code",
    async (ground) => {
      const { place, listener } = await pair(ground);
      listener.stop();
      const { end, events } = listeningEnd();
      ground.sockets.connect(ground.dialing(place), {}, events);
      await ground.settle();
      return end.log;
    },
    ["open", "close ECONNREFUSED"],
  ],
  [
    "a connection that is ended before it stands closes at once",
    async (ground) => {
      const { end, events } = listeningEnd();
      const { fd, place } = ground.listening();
      ground.sockets.listen(fd, listeningEnd().events);
      ground.sockets.connect(ground.dialing(place), {}, events);
      end.socket.terminate();
      const within = [...end.log];
      await ground.settle();
      return [within, end.log];
    },
    [
      ["open", "close"],
      ["open", "close"],
    ],
  ],
  [
    "bytes go both ways",
    async (ground) => {
      const { a, b } = await pair(ground);
      const taken = [write(a), write(b)];
      await ground.settle();
      return [taken, a.log, b.log];
    },
    [[2, 2], ["data"], ["data"]],
  ],
  [
    "a socket knows its addresses",
    async (ground) => {
      const { a, b, place } = await pair(ground);
      return [a.socket.remoteAddress, b.socket.localAddress, b.socket.localPort === place];
    },
    ["127.0.0.1", "127.0.0.1", true],
  ],
  [
    "`write` takes what fits and keeps nothing; `drain` comes when there is room",
    async (ground) => {
      const { a, b } = await pair(ground);
      b.socket.pause();
      const taken = await fill(ground, a);
      b.socket.resume();
      await ground.settle();
      return [taken > 0 && taken < BIG.length, a.log, b.bytes === taken];
    },
    [true, ["drain"], true],
  ],
  [
    "pause and resume are each followed by a `drain`; nothing is read between them",
    async (ground) => {
      const { a, b } = await pair(ground);
      b.socket.pause();
      write(a);
      await ground.settle();
      const paused = [...b.log];
      b.socket.resume();
      await ground.settle();
      return [paused, b.log];
    },
    [["drain"], ["drain", "drain", "data"]],
  ],
  [
    "a pause while bytes are given holds back the rest",
    async (ground) => {
      const { a, b } = await pair(ground, {}, { data: (end) => end.socket.pause() });
      b.socket.pause();
      write(a, BIG.subarray(0, 1_500_000));
      await ground.settle();
      b.socket.resume();
      await ground.settle();
      return [b.log, b.bytes < 1_500_000];
    },
    [["drain", "drain", "data", "drain"], true],
  ],
  [
    "bytes come before the FIN behind them; a `drain` follows it",
    async (ground) => {
      const { a, b } = await pair(ground);
      write(a);
      a.socket.shutdown();
      await ground.settle();
      return [a.log, b.log, write(b)];
    },
    [[], ["data", "end", "drain"], 2],
  ],
  [
    "a FIN waits while paused",
    async (ground) => {
      const { a, b } = await pair(ground);
      b.socket.pause();
      a.socket.shutdown();
      await ground.settle();
      const paused = [...b.log];
      b.socket.resume();
      await ground.settle();
      return [paused, b.log];
    },
    [["drain"], ["drain", "drain", "end", "drain"]],
  ],
  [
    "a FIN is told once",
    async (ground) => {
      const { a, b } = await pair(ground);
      a.socket.shutdown();
      await ground.settle();
      b.socket.pause();
      await ground.settle();
      b.socket.resume();
      await ground.settle();
      return b.log.filter((event) => event === "end");
    },
    ["end"],
  ],
  [
    "both sides' FINs close both, the second receiver without `end`",
    async (ground) => {
      const { a, b } = await pair(ground);
      a.socket.shutdown();
      await ground.settle();
      write(b);
      b.socket.shutdown();
      await ground.settle();
      return [a.log, b.log];
    },
    [
      ["data", "close"],
      ["end", "drain", "close"],
    ],
  ],
  [
    "after our FIN, what the peer sent before its own is read to the end, paused or not",
    async (ground) => {
      const { a, b } = await pair(ground);
      b.socket.pause();
      b.socket.shutdown();
      await ground.settle();
      write(a, BIG.subarray(0, 1_000_000));
      a.socket.shutdown();
      await ground.settle();
      const paused = b.bytes;
      b.socket.resume();
      await ground.settle();
      return [paused, b.bytes, b.log.at(-1), a.log];
    },
    [0, 1_000_000, "close", ["end", "drain", "close"]],
  ],
  [
    "`end` closes at once and sends FIN; what the peer writes then is answered with a reset",
    async (ground) => {
      const { a, b } = await pair(ground);
      a.socket.end();
      const within = [...a.log];
      await ground.settle();
      const first = write(b);
      await ground.settle();
      return [within, first, write(b), b.log];
    },
    [["close"], 2, -1, ["end", "drain", "close EPIPE"]],
  ],
  [
    "`end` with bytes unread is a reset",
    async (ground) => {
      const { a, b } = await pair(ground);
      a.socket.pause();
      write(b);
      await ground.settle();
      a.socket.end();
      await ground.settle();
      return [a.log.at(-1), b.log];
    },
    ["close", ["close ECONNRESET"]],
  ],
  [
    "`terminate` closes at once and resets",
    async (ground) => {
      const { a, b } = await pair(ground);
      a.socket.terminate();
      const within = [...a.log];
      await ground.settle();
      return [within, b.log];
    },
    [["close"], ["close ECONNRESET"]],
  ],
  [
    "a reset is told while paused",
    async (ground) => {
      const { a, b } = await pair(ground);
      b.socket.pause();
      await ground.settle();
      a.socket.terminate();
      await ground.settle();
      return b.log;
    },
    ["drain", "close ECONNRESET"],
  ],
  [
    "bytes before a reset are given first, even while paused",
    async (ground) => {
      const { a, b } = await pair(ground);
      b.socket.pause();
      write(a);
      await ground.settle();
      a.socket.terminate();
      await ground.settle();
      return b.log;
    },
    ["drain", "data", "close ECONNRESET"],
  ],
  [
    "a reset after a FIN has another code",
    async (ground) => {
      const { a, b } = await pair(ground);
      a.socket.shutdown();
      await ground.settle();
      a.socket.terminate();
      await ground.settle();
      return b.log;
    },
    ["end", "drain", "close EPIPE"],
  ],
  [
    "a write that meets a reset takes its error: what follows looks like an orderly end",
    async (ground) => {
      const { a, b } = await pair(ground);
      let taken: number[] = [];
      await reached(ground, a, () => {
        taken = [write(b), write(b)];
      });
      return [taken, b.log];
    },
    [
      [-1, -1],
      ["end", "close"],
    ],
  ],
  [
    "so does a peek",
    async (ground) => {
      const { a, b } = await pair(ground);
      let seen: string[] = [];
      await reached(ground, a, () => {
        seen = [ground.sockets.peek(descriptor(b.socket))];
      });
      return [seen, b.log];
    },
    [["error"], ["end", "close"]],
  ],
  [
    "a FIN of our own does not",
    async (ground) => {
      const { a, b } = await pair(ground);
      await reached(ground, a, () => b.socket.shutdown());
      return b.log;
    },
    ["close ECONNRESET"],
  ],
  [
    "peek tells what lies unread, and a write onto an unread FIN succeeds",
    async (ground) => {
      const { a, b } = await pair(ground);
      const fd = descriptor(b.socket);
      const seen = [ground.sockets.peek(fd)];
      b.socket.pause();
      write(a);
      await ground.settle();
      seen.push(ground.sockets.peek(fd));
      const other = await pair(ground);
      other.b.socket.pause();
      other.a.socket.shutdown();
      await ground.settle();
      seen.push(ground.sockets.peek(descriptor(other.b.socket)));
      return [seen, write(other.b)];
    },
    [["open", "data", "fin"], 2],
  ],
  [
    "nothing is taken after our own end, FIN or reset",
    async (ground) => {
      const taken: number[] = [];
      for (const how of ["end", "shutdown", "terminate"] as const) {
        const { a } = await pair(ground);
        a.socket[how]();
        taken.push(write(a));
      }
      return taken;
    },
    [-1, -1, -1],
  ],
  [
    "a peer that ends while it has bytes of ours unread resets us",
    async (ground) => {
      const { a, b } = await pair(ground);
      b.socket.pause();
      write(a, BIG);
      await ground.settle();
      b.socket.end();
      await ground.settle();
      return a.log;
    },
    ["close ECONNRESET"],
  ],
  [
    "what is thrown by a handler is told to `error`, and nothing else happens",
    async (ground) => {
      const { a, b } = await pair(
        ground,
        {},
        {
          data() {
            throw new Error("oops");
          },
        },
      );
      write(a);
      await ground.settle();
      return b.log;
    },
    ["data", "error oops"],
  ],
  [
    "a listener that is stopped keeps what it accepted",
    async (ground) => {
      const { a, b, listener } = await pair(ground);
      listener.stop();
      write(a);
      await ground.settle();
      return b.log;
    },
    ["data"],
  ],
  [
    "the end of a turn comes after all that was ready, microtasks after each",
    async (ground) => {
      const order: string[] = [];
      const note = (name: string) => () => {
        order.push(name);
        queueMicrotask(() => order.push("micro"));
        ground.sockets.atEndOfTurn(() => order.push("turn"));
      };
      const one = await pair(ground, {}, { data: note("one") });
      const two = await pair(ground, {}, { data: note("two") });
      write(one.a);
      write(two.a);
      await ground.settle();
      return order;
    },
    ["one", "micro", "two", "micro", "turn", "turn"],
  ],
];

/** Writes until nothing is taken any more, however the kernel moves what it has. Returns what was taken. */
async function fill(ground: Ground, end: End): Promise<number> {
  let taken = 0;
  do {
    end.log.length = 0;
    for (let more = write(end, BIG); more > 0; more = write(end, BIG)) taken += more;
    await ground.settle();
  } while (end.log.includes("drain"));
  return taken;
}

/** Lets `a`'s reset reach `b`'s kernel, but not yet `b`'s loop, and does something then. */
async function reached(ground: Ground, a: End, then: () => void): Promise<void> {
  a.socket.terminate();
  (ground as { arrive?: () => void }).arrive?.();
  then();
  await ground.settle();
}

function real(): Ground {
  const fence = fenced();
  afterAll(() => fence.stop());
  return {
    sockets: systemSockets,
    listening() {
      const fd = listenTcp("127.0.0.1", 0);
      return { fd, place: localAddress(fd).port };
    },
    dialing: (place) => dialTcp("127.0.0.1", place),
    async settle() {
      for (let round = 0; round < 24; round++) await fence.roundTrip();
    },
  };
}

/** Loopback hands over in order: what was under way before a byte that came back has arrived. */
function fenced(): { roundTrip(): Promise<void>; stop(): void } {
  let back: (() => void) | undefined;
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { data: (socket, bytes) => void socket.write(bytes) },
  });
  const connected = Bun.connect({ hostname: "127.0.0.1", port: server.port, socket: { data: () => back?.() } });
  return {
    async roundTrip() {
      const socket = await connected;
      const returned = new Promise<void>((resolve) => {
        back = resolve;
      });
      socket.write("x");
      await returned;
      await new Promise(setImmediate);
    },
    stop: () => server.stop(true),
  };
}

function virtual(): Ground & { arrive(): void } {
  const clock = manualClock();
  const draw = draws(1);
  const wire = { clock, draw };
  const net = network(wire);
  const loop = virtualLoop({ wire, network: net, name: "both", draw, costMs: 0 });
  const link = { delayMs: 1, jitterMs: 0, bytesPerMs: 1e9, capacity: 2_500_000, loss: 0, splits: 0 };
  let places = 0;
  return {
    sockets: loop.sockets,
    listening() {
      const place = ++places;
      return { fd: loop.giveListener(`${place}`), place };
    },
    dialing: (place) =>
      loop.give(net.dial({ owner: "both", place: `${place}`, from: ["127.0.0.1", 9], to: ["127.0.0.1", place], link })),
    async settle() {
      while (clock.step());
    },
    arrive() {
      loop.stall(5);
      clock.advance(2);
    },
  };
}

describe.each([
  ["real", real],
  ["virtual", virtual],
] as const)("%s sockets", (_, make) => {
  const ground = make();
  test.each(TABLE)("%s", async (_what, run, wanted) => {
    expect(await run(ground)).toEqual(wanted as never);
  });
});
