// One visitor of a made site: what he asks for, and when.
import type { LogBuilder } from "../../../src/analysis/journeys/log-builder.ts";
import { type Random, seededRandom } from "../../../src/base/random.ts";

export type Visit = {
  /** the first one as the action, the rest within a second of it */
  ask(event: string, ...alongWith: string[]): void;
  /** the same all at once, in any order */
  together(...events: string[]): void;
  /** @param meanS log-normal */
  think(meanS?: number): void;
  chance(share: number): boolean;
  oneOf<Value>(...values: Value[]): Value;
};

export type Site = {
  readonly name: string;
  readonly goal: string;
  /** what a person who knows the site would put into its funnel */
  readonly steps: readonly string[];
  visit(visit: Visit): void;
};

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2030, 0, 31);

export function record(site: Site, visitors: number, seed: number, log: LogBuilder): void {
  const random = seededRandom(seed);
  for (let visitor = 0; visitor < visitors; visitor++) {
    site.visit(visitOf(log, String(visitor), START_MS + random.unit() * DAY_MS, random));
  }
}

function visitOf(log: LogBuilder, visitor: string, startMs: number, random: Random): Visit {
  let now = startMs;
  const within = (ms: number) => random.unit() * ms;
  return {
    ask(event, ...alongWith) {
      log.add(now, visitor, event);
      for (const other of alongWith) {
        now += 20 + within(120);
        log.add(now, visitor, other);
      }
    },
    together(...events) {
      for (const event of events) log.add(now + within(150), visitor, event);
      now += 150;
    },
    think(meanS = 15) {
      const normal = Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit());
      now += 1000 * (1.2 + meanS * Math.exp(0.8 * normal - 0.32));
    },
    chance: (share) => random.unit() < share,
    oneOf: (...values) => values[Math.floor(random.unit() * values.length)]!,
  };
}
