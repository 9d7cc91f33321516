import { expect, test } from "bun:test";
import { seededRandom } from "../../src/base/random.ts";
import { heavy, light } from "./draw.ts";
import { SHAPES } from "./shapes.ts";
import { runWorld, type SeenSpan } from "./world.ts";

const load = { entry: "front", perSecond: 400, requests: 60 };

test.each(SHAPES.map((shape) => [shape.name, shape] as const))(
  "%s: the truth is whole, and the same for a seed",
  (_, shape) => {
    for (const runs of ["threads", "loop"] as const) {
      const world = runWorld(shape.plans(runs), load, seededRandom(4), light);

      const again = runWorld(shape.plans(runs), load, seededRandom(4), light);
      expect(again.spans).toEqual(world.spans);
      for (const span of world.spans) {
        expect(span.endUs).toBeGreaterThanOrEqual(span.startUs);
        for (const parent of span.parents) {
          const above = world.spans[parent] as SeenSpan;
          expect(above.side).toBe(span.side === "server" ? "client" : "server");
          if (span.side === "client") expect(above.service).toBe(span.service);
        }
      }
      const roots = world.spans.filter(({ side, parents }) => side === "server" && parents.length === 0);
      expect(roots).toHaveLength(load.requests);
    }
  },
);

test.each([
  ["light", light, 0.5],
  ["heavy", heavy, 1.2],
] as const)("%s times have the mean they are asked for, and their deviation", (_, draw, deviation) => {
  const random = seededRandom(1);
  const times = Array.from({ length: 200_000 }, () => draw(random, 1000));

  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  const spread = Math.sqrt(times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / times.length) / mean;
  expect(Math.abs(mean / 1000 - 1)).toBeLessThan(0.2);
  expect(spread).toBeGreaterThan(deviation * 0.9);
});
