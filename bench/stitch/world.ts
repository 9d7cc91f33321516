// A small world of services on a virtual clock: programs that work, wait and call each other, on thread pools or event
// loops, and a proxy in front of each that writes down what it sees, and beside it the truth.
import type { Random } from "../../src/base/random.ts";
import { type Draw, exponential } from "./draw.ts";

/** One thing that a program does next. */
export type Act =
  | { readonly do: "work"; readonly meanUs: number }
  | { readonly do: "sleep"; readonly us: number }
  | {
      readonly do: "call";
      readonly to: string;
      readonly route?: string;
      readonly isShared?: boolean;
      readonly fails?: boolean;
    }
  /** each on a thread of its own, where there are threads */
  | { readonly do: "all"; readonly of: readonly Program[] }
  /** goes on after the answer */
  | { readonly do: "later"; readonly program: Program };

/** @param key content of the request, such as an id in its path */
export type Program = (random: Random, key: number) => Iterable<Act>;

export type ServicePlan = {
  readonly name: string;
  readonly routes: Readonly<Record<string, Program>>;
  readonly runs: "threads" | "loop";
  readonly threads?: number;
  /** what its host's clock is ahead, µs */
  readonly clockUs?: number;
  /** runs now and then, for nobody */
  readonly cron?: { readonly everyUs: number; readonly program: Program };
};

export type SeenSpan = {
  readonly id: number;
  readonly service: number;
  readonly side: "server" | "client";
  /** own route of a server span; callee and route of a client span */
  readonly what: string;
  startUs: number;
  endUs: number;
  readonly key: number;
  /** a client span was answered with an error */
  readonly isFailure: boolean;
  /** hidden from the stitcher: server spans a client span belongs to; the client span of a server span */
  readonly parents: number[];
  readonly thread: number;
};

export type World = {
  readonly spans: readonly SeenSpan[];
  /** requests at the entry, on the average of time */
  readonly meanInFlight: number;
  readonly meanLatencyUs: number;
  /** own work of the entry for a request */
  readonly meanWorkUs: number;
};

export type Load = { readonly entry: string; readonly perSecond: number; readonly requests: number };

export function runWorld(plans: readonly ServicePlan[], load: Load, random: Random, draw: Draw): World {
  const queue = timeline();
  const spans: SeenSpan[] = [];
  let threadIds = 0;
  let inFlightUs = 0;
  let entryWorkUs = 0;

  const span = (
    service: Service,
    side: SeenSpan["side"],
    what: string,
    key: number,
    thread: number,
    parents: number[],
    isFailure = false,
  ) => {
    const seen: SeenSpan = {
      ...{ id: spans.length, service: service.index, side, what, key, parents, thread, isFailure },
      ...{ startUs: queue.now() + service.clockUs, endUs: Number.NaN },
    };
    spans.push(seen);
    return seen;
  };
  const close = (seen: SeenSpan, service: Service) => {
    seen.endUs = queue.now() + service.clockUs;
  };
  const services = new Map<string, Service>();
  plans.forEach((plan, index) => {
    const threads = plan.threads ?? 64;
    const free = Array.from({ length: threads }, () => ++threadIds);
    services.set(plan.name, {
      ...{ plan, index, clockUs: plan.clockUs ?? 0, free, waiting: [], loopFreeAt: 0, loopThread: ++threadIds },
      shared: new Map(),
    });
  });

  /** what is done for one request on one thread */
  const perform = (
    service: Service,
    acts: Iterator<Act>,
    owner: SeenSpan | undefined,
    key: number,
    thread: number,
    done: () => void,
  ) => {
    const step = () => {
      const { value: act, done: isOver } = acts.next();
      if (isOver) return done();
      if (act.do === "work") work(service, draw(random, act.meanUs), step);
      else if (act.do === "sleep") queue.after(act.us, step);
      else if (act.do === "call") call(service, act, owner, key, thread, step);
      else if (act.do === "later") {
        perform(service, act.program(random, key)[Symbol.iterator](), owner, key, ++threadIds, () => {});
        step();
      } else {
        let left = act.of.length;
        if (left === 0) return step();
        for (const branch of act.of) {
          const other = service.plan.runs === "loop" ? thread : ++threadIds;
          perform(service, branch(random, key)[Symbol.iterator](), owner, key, other, () => {
            if (--left === 0) step();
          });
        }
      }
    };
    step();
  };
  const work = (service: Service, us: number, then: () => void) => {
    if (service.plan.name === load.entry) entryWorkUs += us;
    if (service.plan.runs === "threads") return queue.after(us, then);
    // One thing at a time: the loop is busy until then.
    service.loopFreeAt = Math.max(service.loopFreeAt, queue.now()) + us;
    queue.after(service.loopFreeAt - queue.now(), then);
  };
  const call = (
    service: Service,
    act: Extract<Act, { do: "call" }>,
    owner: SeenSpan | undefined,
    key: number,
    thread: number,
    then: () => void,
  ) => {
    const what = `${act.to} ${act.route ?? "GET /"}`;
    const flight = act.isShared ? service.shared.get(what) : undefined;
    if (flight) {
      if (owner) flight.seen.parents.push(owner.id);
      flight.waiting.push(then);
      return;
    }
    const seen = span(service, "client", what, key, thread, owner ? [owner.id] : [], act.fails);
    const own = { seen, waiting: [then] };
    if (act.isShared) service.shared.set(what, own);
    queue.after(wire(), () =>
      serve(services.get(act.to) as Service, act.route ?? "GET /", key, seen, () =>
        queue.after(wire(), () => {
          close(seen, service);
          if (act.isShared) service.shared.delete(what);
          for (const go of own.waiting) go();
        }),
      ),
    );
  };
  const wire = () => 60 + exponential(random, 40);
  const serve = (service: Service, route: string, key: number, by: SeenSpan | undefined, answer: () => void) => {
    const began = queue.now();
    // The thread that will run it is known when it runs: filled in then.
    const seen = span(service, "server", route, key, 0, by ? [by.id] : []) as {
      -readonly [K in keyof SeenSpan]: SeenSpan[K];
    };
    const program = service.plan.routes[route] as Program;
    const run = (thread: number, release: () => void) => {
      seen.thread = thread;
      perform(service, program(random, key)[Symbol.iterator](), seen, key, thread, () => {
        close(seen, service);
        inFlightUs += by ? 0 : queue.now() - began;
        release();
        answer();
      });
    };
    if (service.plan.runs === "loop") return run(service.loopThread, () => {});
    const start = () => {
      const thread = service.free.pop() as number;
      run(thread, () => {
        service.free.push(thread);
        service.waiting.shift()?.();
      });
    };
    if (service.free.length > 0) start();
    else service.waiting.push(start);
  };

  const entry = services.get(load.entry) as Service;
  const routes = Object.keys(entry.plan.routes);
  const meanGapUs = 1e6 / load.perSecond;
  let sent = 0;
  const arrive = () => {
    if (sent++ === load.requests) return;
    const route = routes[random.u32() % routes.length] as string;
    serve(entry, route, random.u32() % 100_000, undefined, () => {});
    queue.after(exponential(random, meanGapUs), arrive);
  };
  arrive();
  const endUs = load.requests * meanGapUs;
  for (const service of services.values()) {
    const { cron } = service.plan;
    if (!cron) continue;
    const tick = () => {
      if (queue.now() > endUs) return;
      perform(service, cron.program(random, 0)[Symbol.iterator](), undefined, 0, ++threadIds, () => {});
      queue.after(exponential(random, cron.everyUs), tick);
    };
    queue.after(cron.everyUs, tick);
  }
  queue.run();
  return {
    spans,
    meanInFlight: inFlightUs / queue.lastUs(),
    meanLatencyUs: inFlightUs / load.requests,
    meanWorkUs: entryWorkUs / load.requests,
  };
}

type Service = {
  readonly plan: ServicePlan;
  readonly index: number;
  readonly clockUs: number;
  readonly free: number[];
  readonly waiting: (() => void)[];
  loopFreeAt: number;
  readonly loopThread: number;
  readonly shared: Map<string, { readonly seen: SeenSpan; readonly waiting: (() => void)[] }>;
};

/** What is to happen, by its time. */
function timeline() {
  const times: number[] = [];
  const acts: (() => void)[] = [];
  let nowUs = 0;
  const swap = (i: number, j: number) => {
    [times[i], times[j]] = [times[j] as number, times[i] as number];
    [acts[i], acts[j]] = [acts[j] as () => void, acts[i] as () => void];
  };
  const sink = (from: number) => {
    for (let at = from; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < times.length && (times[child] as number) < (times[least] as number)) least = child;
      }
      if (least === at) return;
      swap(at, least);
      at = least;
    }
  };
  return {
    now: () => nowUs,
    lastUs: () => nowUs,
    after(us: number, act: () => void) {
      let at = times.push(nowUs + us) - 1;
      acts.push(act);
      for (; at > 0 && (times[(at - 1) >> 1] as number) > (times[at] as number); at = (at - 1) >> 1)
        swap(at, (at - 1) >> 1);
    },
    run() {
      while (times.length > 0) {
        nowUs = times[0] as number;
        const act = acts[0] as () => void;
        const lastTime = times.pop() as number;
        const lastAct = acts.pop() as () => void;
        if (times.length > 0) {
          times[0] = lastTime;
          acts[0] = lastAct;
          sink(0);
        }
        act();
      }
    },
  };
}
