// The shapes of calls that are stitched, each by itself, so that a figure says which one is hard.
import type { Act, Program, ServicePlan } from "./world.ts";

export type Shape = {
  readonly name: string;
  readonly depth: number;
  readonly plans: (runs: ServicePlan["runs"]) => readonly ServicePlan[];
};

/** own work between calls, and what the last service in a chain needs, µs: small JSON services on one data centre's network */
const OWN_US = 100;
const LEAF_US = 4000;

const work = (meanUs = OWN_US): Act => ({ do: "work", meanUs });
const call = (to: string, route?: string): Act => ({ do: "call", to, ...(route !== undefined && { route }) });

const leaf = (name: string, meanUs = LEAF_US): ServicePlan => ({
  ...{ name, runs: "threads", threads: 256 },
  routes: {
    "GET /": function* () {
      yield work(meanUs);
    },
  },
});

function service(
  name: string,
  runs: ServicePlan["runs"],
  program: Program,
  more: Partial<ServicePlan> = {},
): ServicePlan {
  return { name, runs, threads: 256, routes: { "GET /": program }, ...more };
}

const LEAVES = ["a", "b", "c", "d"];
const leaves = () => LEAVES.map((name) => leaf(name));

/** a front whose program is the shape, before four leaves */
function front(name: string, program: Program, more: Partial<ServicePlan> = {}): Shape {
  return { name, depth: 1, plans: (runs) => [service("front", runs, program, more), ...leaves()] };
}

export const SHAPES: readonly Shape[] = [
  front("sequential", function* () {
    for (const to of ["a", "b", "c"]) yield* [work(), call(to)];
    yield work();
  }),
  front("parallel", function* () {
    yield work();
    yield {
      do: "all",
      of: LEAVES.map(
        (to) =>
          function* () {
            yield* [work(OWN_US / 4), call(to)];
          },
      ),
    };
    yield work();
  }),
  front("conditional", function* (random) {
    yield* [work(), call("a"), work()];
    if (random.unit() < 0.4) yield* [call("b"), work(), call("c")];
    else if (random.unit() < 0.5) yield call("d");
    yield work();
  }),
  front("cached", function* (random) {
    yield work();
    if (random.unit() < 0.3) yield* [call("a"), work()];
    yield* [call("b"), work()];
    if (random.unit() < 0.3) yield* [call("c"), work()];
  }),
  front("retried", function* (random) {
    yield work();
    for (let attempt = 0; attempt < 3; attempt++) {
      const fails = random.unit() < 0.2;
      yield { do: "call", to: "a", fails };
      if (!fails) break;
      yield { do: "sleep", us: 1000 * 2 ** attempt * (0.5 + random.unit()) };
    }
    yield* [work(), call("b"), work()];
  }),
  front("fan-out 1–20", function* (random) {
    yield* [work(), call("a"), work()];
    const branches = 1 + (random.u32() % 20);
    yield {
      do: "all",
      of: Array.from(
        { length: branches },
        () =>
          function* () {
            yield* [work(OWN_US / 4), call("b")];
          },
      ),
    };
    yield work();
  }),
  front("after the answer", function* () {
    yield* [work(), call("a"), work()];
    yield {
      do: "later",
      program: function* () {
        yield* [work(OWN_US * 3), call("b")];
      },
    };
  }),
  front(
    "without parent",
    function* () {
      yield* [work(), call("a"), work(), call("b"), work()];
    },
    {
      cron: {
        everyUs: 20_000,
        program: function* () {
          yield* [call("a"), work(), call("c")];
        },
      },
    },
  ),
  front("shared call", function* () {
    yield* [work(), { do: "call", to: "a", isShared: true }, work(), call("b"), work()];
  }),
  {
    name: "two routes",
    depth: 1,
    plans: (runs) => [
      {
        ...{ name: "front", runs, threads: 256 },
        routes: {
          "GET /list": function* () {
            yield* [work(), call("a"), work(), call("b"), work()];
          },
          "POST /order": function* () {
            yield* [work(OWN_US * 2), call("b"), work(), call("a"), work(), call("c"), work()];
          },
        },
      },
      ...leaves(),
    ],
  },
  { name: "depth 4", depth: 4, plans: (runs) => chain(runs, 4) },
  { name: "depth 6", depth: 6, plans: (runs) => chain(runs, 6) },
];

/** services one behind another, each of which also asks a leaf of its own; every host's clock is off by something else */
function chain(runs: ServicePlan["runs"], depth: number): readonly ServicePlan[] {
  return Array.from({ length: depth }, (_, level): ServicePlan[] => {
    const name = level === 0 ? "front" : `level-${level}`;
    const clockUs = level % 2 === 0 ? level * 1300 : -level * 900;
    if (level === depth - 1) return [{ ...leaf(name), clockUs }];
    const program: Program = function* () {
      yield* [work(), call(`leaf-${level}`), work(), call(`level-${level + 1}`), work()];
    };
    return [service(name, runs, program, { clockUs }), leaf(`leaf-${level}`, LEAF_US / 2)];
  }).flat();
}
