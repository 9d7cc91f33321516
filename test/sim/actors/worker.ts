// A worker: the real data plane on a loop and a clock of its own, with the page of counters and the ring of spans that it
// shares with its supervisor, and with an opener that takes its time.
import type { Clock, Timer } from "../../../src/base/clock.ts";
import { ERROR_CODES } from "../../../src/base/errors/index.ts";
import type { ConnectionCounters } from "../../../src/model/counters.ts";
import type { TrafficPage } from "../../../src/model/page/page.ts";
import { pack, type Snapshot } from "../../../src/model/snapshot.ts";
import { FLAG } from "../../../src/model/span.ts";
import { spanReader, spanWriter } from "../../../src/model/span-ring.ts";
import { createProxy } from "../../../src/proxy/proxy.ts";
import type { Proxy as DataPlane, DialResult, DialTarget, Origin } from "../../../src/proxy/types.ts";
import type { Endpoint } from "../net/endpoint.ts";
import { type Loop, virtualLoop } from "../net/loop.ts";
import type { World } from "../world.ts";
import { placeOf } from "./server.ts";

export type Worker = {
  readonly name: string;
  readonly index: number;
  readonly proxy: DataPlane;
  readonly loop: Loop;
  /** a message of the supervisor's: takes effect a moment later, in order */
  swap(snapshot: Snapshot): void;
  listen(place: string, origin: Origin): void;
  kill(): void;
  /** as an orderly end: resolves when nothing is carried any more */
  drain(graceMs: number): void;
  /** it has swapped that snapshot, or will never again swap any */
  has(version: number): boolean;
  isAlive(): boolean;
  isDrained(): boolean;
  /** the supervisor fetches what was recorded */
  collect(): void;
  /** timers that are set */
  timers(): number;
};

export const RING_ROWS = 1024;
const DIALS_FROM = 40_000;
const UNSAFE = [Buffer.from("POST /r/"), Buffer.from("PATCH /r/")];
/** where the manual clock begins */
const EPOCH_MS = 1_700_000_000_000;

export type WorkerDeps = {
  readonly world: World;
  readonly index: number;
  /** which of those that had this index, for names */
  readonly generation: number;
  readonly counters: ConnectionCounters;
  readonly page: TrafficPage;
  readonly ring: Uint8Array;
  readonly ejected: (worker: string, key: number) => void;
  readonly refused: (key: number, port: number) => void;
  readonly dialled: (worker: string, key: number) => void;
  readonly swapped: (worker: string, snapshot: Snapshot) => void;
};

export function worker(deps: WorkerDeps): Worker {
  const { world, index, generation, counters, page, ring, ejected, refused, dialled, swapped } = deps;
  const name = `worker-${index}.${generation}`;
  const { clock: worldClock, network, weather, history } = world;
  const draw = world.draw.fork(name);
  const wire = { clock: worldClock, draw: draw.fork("wire") };
  /** connections to servers that have carried a request */
  const used = new WeakSet<Endpoint>();

  /** Nothing that must not be sent twice goes onto a kept connection of which the kernel knows that it has ended. */
  function wrote(endpoint: Endpoint, bytes: Uint8Array, from: number): void {
    if (endpoint.localPort !== DIALS_FROM) return;
    const isUnsafe = UNSAFE.some((start) => start.equals(bytes.subarray(from, from + start.length)));
    const isEnded = endpoint.isFinReceived || endpoint.isDead || endpoint.unread > 0;
    if (isUnsafe && isEnded && used.has(endpoint))
      history.violate("kept connections are alive", `${name} used one that had ended`);
    used.add(endpoint);
  }

  const loop = virtualLoop({ wire, network, name, draw: draw.fork("loop"), costMs: weather.costMs, wrote });
  const reader = spanReader(ring, RING_ROWS);
  const { clock, count } = ownClock(worldClock, loop);
  let isAlive = true;
  let isDrained = false;
  let lastMessageMs = 0;

  function dial(target: DialTarget, done: (result: DialResult) => void): void {
    if (target.type === "egress") throw new Error("no outside in the simulation");
    dialled(name, target.key);
    const later = draw.between(0, weather.openerMs);
    worldClock.after(later, () => {
      if (!isAlive) return;
      if (draw.chance(weather.openerFails)) {
        const error = draw.pick(["refused", "unreachable", "exhausted"] as const);
        loop.enter(() => done({ ok: false, error, detail: "the opener says so" }));
        return;
      }
      const endpoint = network.dial({
        owner: name,
        place: placeOf(target.key, target.port),
        from: ["240.0.0.1", DIALS_FROM],
        to: ["240.0.0.2", target.port],
        link: weather.far,
      });
      const fd = loop.give(endpoint);
      loop.enter(() => done({ ok: true, fd }));
    });
  }

  const proxy = createProxy({
    clock,
    random: draw.fork("proxy").random,
    sockets: loop.sockets,
    dial,
    spans: spanWriter(ring, RING_ROWS),
    page,
    hostOffsetMs: 0,
    ejected: (key, what) => {
      world.say(name, () => `ejects ${key}: ${what}`);
      ejected(name, key);
    },
    count: (key, change) => counters.add(index, key, change),
    refused,
  });

  /** Messages keep their order. */
  function message(run: () => void): void {
    const at = Math.max(lastMessageMs, worldClock.monotonicMs() + draw.wide(0.05, 20));
    lastMessageMs = at;
    worldClock.at(at, () => {
      if (isAlive) loop.enter(run);
    });
  }

  let hasVersion = 0;
  return {
    name,
    index,
    proxy,
    loop,
    swap(snapshot) {
      message(() => {
        world.say(name, () => `takes snapshot ${snapshot.version}`);
        proxy.swap(pack(snapshot));
        hasVersion = snapshot.version;
        swapped(name, snapshot);
      });
    },
    listen: (place, origin) => message(() => proxy.listen(loop.giveListener(place), origin)),
    kill() {
      if (!isAlive) return;
      world.say(name, () => "is killed");
      isAlive = false;
      loop.kill();
    },
    drain(graceMs) {
      message(() => {
        world.say(name, () => "drains");
        void proxy.drain(graceMs).then(() => {
          world.say(name, () => "has drained");
          isDrained = true;
        });
      });
    },
    has: (version) => !isAlive || hasVersion >= version,
    isAlive: () => isAlive,
    isDrained: () => isDrained,
    collect() {
      reader.drain(RING_ROWS, (row) => {
        const id = Number(/^\/r\/(\d+)$/.exec(reader.path(row))?.[1]);
        const request = history.requests.get(id);
        const { status, error, workload, flags, service, rule, startUs, head, end } = reader.columns;
        const code = (error[row] as number) === 0 ? "" : (ERROR_CODES[(error[row] as number) - 1] ?? "?");
        const startMs = (startUs[row] as number) / 1000 - EPOCH_MS;
        // a copy has a record of its own
        if (((flags[row] as number) & FLAG.mirrored) !== 0) return;
        if (!request) {
          // a head that could not be read has no path
          if (reader.path(row) !== "") history.violate("one span", `a span of ${reader.path(row)}`);
          return;
        }
        request.spans.push({
          worker: name,
          status: status[row] as number,
          workload: workload[row] as number,
          service: service[row] as number,
          error: code,
          isAttempt: ((flags[row] as number) & FLAG.attempt) !== 0,
          rule: rule[row] as number,
          beganMs: startMs,
          readMs: startMs + (head[row] as number) / 1000,
          endedMs: startMs + (end[row] as number) / 1000,
        });
      });
    },
    timers: count,
  };
}

/** What it is told of time comes to it as an event of its loop, and it is known what it still waits for. */
function ownClock(world: World["clock"], loop: Loop): { clock: Clock; count(): number } {
  let set = 0;

  function after(ms: number, run: () => void): Timer {
    let isOpen = true;
    set++;
    const done = () => {
      if (isOpen) set--;
      isOpen = false;
    };
    const timer = world.after(ms, () => {
      loop.enter(() => {
        if (!isOpen) return;
        done();
        run();
      });
    });
    return {
      cancel() {
        timer.cancel();
        done();
      },
    };
  }

  return {
    count: () => set,
    clock: {
      nowUs: world.nowUs,
      monotonicMs: world.monotonicMs,
      after,
      every(ms, run) {
        let timer = after(ms, again);
        function again(): void {
          timer = after(ms, again);
          run();
        }
        return { cancel: () => timer.cancel() };
      },
      sleep: (ms) => new Promise((resolve) => void after(ms, resolve)),
    },
  };
}
