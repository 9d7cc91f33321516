import { expect, test } from "bun:test";
import fc from "fast-check";
import { logBuilder } from "../log-builder.ts";
import { eachAttempt } from "./attempts.ts";
import { deepest, everyAttempt, isAllowed, type PlainEvent, type PlainFunnel } from "./brute-force.fixture.ts";
import { compileFunnel, type FunnelDefinition, GRACE_MS } from "./definition.ts";

const NAMES = ["A", "B", "C", "x"];

const events = fc
  .array(fc.record({ at: fc.integer({ min: 0, max: 12 }), name: fc.constantFrom(...NAMES) }), { maxLength: 9 })
  .map((list) => list.map(({ at, name }) => ({ at: at * 700, name })).sort((a, b) => a.at - b.at));

const definition: fc.Arbitrary<FunnelDefinition> = fc
  .record({
    steps: fc.oneof(
      fc.shuffledSubarray(["A", "B", "C"], { minLength: 2 }),
      fc.array(fc.constantFrom("A", "B"), { minLength: 2, maxLength: 4 }),
    ),
    order: fc.constantFrom("ordered", "strict", "any"),
    windowMs: fc.constantFrom(Infinity, 0, 1400, 2100, 4200),
    exclusions: fc.array(fc.record({ event: fc.constantFrom("x", "C", "A"), after: fc.constantFrom(undefined, 1) }), {
      maxLength: 2,
    }),
    reentry: fc.constantFrom("once", "every"),
  })
  .map((made) => {
    const isTwice = new Set(made.steps).size < made.steps.length;
    const order = made.order === "any" && isTwice ? "strict" : (made.order as FunnelDefinition["order"]);
    const exclusions = made.exclusions.map(({ event, after }) =>
      after === undefined || order === "any" ? { event } : { event, after },
    );
    return { ...made, order, exclusions, unit: "visitor", reentry: made.reentry as FunnelDefinition["reentry"] };
  });

function found(cases: readonly (readonly PlainEvent[])[], wanted: FunnelDefinition) {
  const builder = logBuilder();
  for (const [visitor, list] of cases.entries()) for (const { at, name } of list) builder.add(at, `${visitor}`, name);
  const log = builder.finish();
  const funnel = compileFunnel(log, wanted);
  if ("wrong" in funnel) throw new Error(funnel.wrong);
  const attempts: { visitor: number; depth: number; places: number[] }[] = [];
  eachAttempt(log, funnel, wanted, ({ visitor, depth, positions }) => {
    const start = log.starts[visitor]!;
    attempts.push({ visitor, depth, places: [...positions.subarray(0, depth)].map((place) => place - start) });
  });
  return attempts;
}

function plain({ steps, order, windowMs, exclusions }: FunnelDefinition): PlainFunnel {
  const grace = order === "ordered" && new Set(steps).size === steps.length ? GRACE_MS : 0;
  return { steps, order, window: windowMs, grace, exclude: exclusions };
}

test("the search comes as far as the best of all choices of events", () => {
  fc.assert(
    fc.property(fc.array(events, { minLength: 1, maxLength: 3 }), definition, (cases, wanted) => {
      const filled = cases.filter((list) => list.length > 0);
      if (filled.length === 0) return;
      const attempts = found(filled, wanted);

      const truth = filled.map((list) =>
        wanted.reentry === "every"
          ? everyAttempt(list, plain(wanted))
          : [deepest(list, plain(wanted))].filter((depth) => depth > 0),
      );
      const ours = filled.map((_, visitor) =>
        attempts.filter((one) => one.visitor === visitor).map((one) => one.depth),
      );
      expect(ours).toEqual(truth);
    }),
    { numRuns: 4000 },
  );
});

test("the events it gives are an attempt themselves", () => {
  fc.assert(
    fc.property(events, definition, (list, wanted) => {
      if (list.length === 0 || wanted.order === "any") return;
      for (const { places } of found([list], { ...wanted, reentry: "once" })) {
        expect(isAllowed(list, plain(wanted), places)).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
});

test("of several ways the one is given that comes there first and has started last", () => {
  const list = ["A", "A", "B", "A", "B"].map((name, at) => ({ at: at * 10_000, name }));
  const wanted = { steps: ["A", "B"], order: "ordered", unit: "visitor", windowMs: Infinity, exclusions: [] } as const;

  expect(found([list], { ...wanted, reentry: "once" })[0]?.places).toEqual([1, 2]);
});

test("a burst of thousands of simultaneous steps costs no more than its length", () => {
  const list = Array.from({ length: 20_000 }, (_, at) => ({ at: at / 100, name: at % 2 ? "A" : "B" }));
  const wanted = { steps: ["A", "C", "B"], order: "ordered", unit: "visitor", windowMs: 1e9, exclusions: [] } as const;

  expect(found([list], { ...wanted, reentry: "once" })[0]?.depth).toBe(1);
});
