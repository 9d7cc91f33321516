// Silence counts as much as alarm: weeks in which all is as good as promised, and the incidents they would have brought.
import { expect, test } from "bun:test";
import { type Random, seededRandom } from "../../base/random.ts";
import { GRAIN_S, watchedObjective } from "./watched.fixture.ts";

const DAY_S = 86_400;
const WEEKS = 4;
/** share of what is allowed that fails, at random */
const USED = 0.8;

const MESH = [
  ...[DAY_S, 30 * DAY_S].flatMap((windowS) => [0.99, 0.999].map((share) => ({ share, windowS }))),
  { share: 0.9, windowS: 3600 },
].flatMap((one) => [0.02, 0.2, 2, 100].map((perSecond) => ({ ...one, perSecond })));

test(`in ${WEEKS} weeks of ${MESH.length} objectives that keep to 80 % of their budgets, fewer than one false incident a week`, () => {
  const random = seededRandom(1);
  const count = MESH.reduce((sum, { share, windowS, perSecond }) => {
    const daily = (atS: number) => 1 + 0.8 * Math.sin((2 * Math.PI * atS) / DAY_S);
    const watched = watchedObjective({ share, windowS });
    watched.run(WEEKS * 7 * DAY_S, (atS) => {
      const mean = perSecond * GRAIN_S * daily(atS);
      const bad = draw(random, mean * (1 - share) * USED);
      return { requests: bad + draw(random, mean), bad };
    });
    return sum + watched.opened.length;
  }, 0);

  expect(MESH).toHaveLength(20);
  expect(upperBound(count) / WEEKS).toBeLessThan(1);
}, 240_000);

/** @returns Poisson draw; by the normal distribution where nobody can tell */
function draw(random: Random, mean: number): number {
  if (mean > 50) {
    const normal = Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  let count = 0;
  for (let left = Math.exp(-mean), p = random.unit(); p > left; p *= random.unit()) count++;
  return count;
}

/** An upper bound, 95 %, of a Poisson mean of which `count` was seen (Garwood, 1936). */
function upperBound(count: number): number {
  let mean = count;
  const below = (at: number) => {
    let term = Math.exp(-at);
    let sum = term;
    for (let k = 1; k <= count; k++) {
      term *= at / k;
      sum += term;
    }
    return sum;
  };
  while (below(mean) > 0.05) mean += 0.01;
  return mean;
}
