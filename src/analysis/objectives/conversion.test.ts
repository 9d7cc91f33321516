// When fewer who come through are told of, and when not.
import { expect, test } from "bun:test";
import { seededRandom } from "../../base/random.ts";
import { type Entries, type Fall, isComingThrough, judgeConversion } from "./conversion.ts";

const MINUTE = 60;
const HOUR = 3600;

/** @param share of those who begin at that second that comes through @param perMinute who begin */
function course(seconds: number, share: (atS: number) => number, { perMinute = 200, seed = 1 } = {}): Entries {
  const random = seededRandom(seed);
  const began: number[] = [];
  const took: number[] = [];
  const pauseS = () => (-MINUTE / perMinute) * Math.log(1 - random.unit());
  for (let atS = pauseS(); atS < seconds; atS += pauseS()) {
    began.push(atS);
    // who comes through takes a minute on average; the mesh knows nothing of what is to come
    const tookS = -40 * Math.log(1 - random.unit()) + 20;
    took.push(random.unit() < share(atS) && atS + tookS < seconds ? tookS : Number.POSITIVE_INFINITY);
  }
  return { beganS: Float64Array.from(began), tookS: Float64Array.from(took) };
}

const ANY = { least: undefined, windowS: 24 * HOUR };

/** minutes from the fall until it is told of */
function toldAfter(entriesAt: (seconds: number) => Entries, fromS: number): number {
  for (let minutes = 1; minutes < 60; minutes++) {
    const nowS = fromS + minutes * MINUTE;
    if (judgeConversion(entriesAt(nowS), ANY, { nowS, freshS: 0 }).fall) return minutes;
  }
  return Number.POSITIVE_INFINITY;
}

test.each([
  ["to nothing", 0, 5],
  ["to a third", 0.04, 7],
  ["to a half", 0.06, 10],
])("a fall from 12 % %s is told of within minutes", (_, after, most) => {
  const at = (seconds: number) => course(seconds, (atS) => (atS < HOUR ? 0.12 : after));

  expect(toldAfter(at, HOUR)).toBeLessThanOrEqual(most);
});

test("a fall by a tenth is not worth an incident", () => {
  const nowS = 4 * HOUR;
  const entries = course(nowS, (atS) => (atS < 2 * HOUR ? 0.5 : 0.45), { perMinute: 2_000 });

  expect(judgeConversion(entries, ANY, { nowS, freshS: 0 }).fall).toBeUndefined();
});

test("who has just begun is not lost yet: after a rush of beginners nothing is told", () => {
  const calm = course(HOUR, () => 0.12);
  const rush = course(HOUR + 30, () => 0.12);
  const entries = {
    beganS: Float64Array.from([...calm.beganS, ...rush.beganS.filter((at) => at > 1_800).map((at) => HOUR + at / 150)]),
    tookS: Float64Array.from([
      ...calm.tookS,
      ...rush.beganS.filter((at) => at > 1_800).map(() => Number.POSITIVE_INFINITY),
    ]),
  };

  expect(judgeConversion(entries, ANY, { nowS: HOUR + 30, freshS: 0 }).fall).toBeUndefined();
});

test("days in which shares go up and down by a third bring nothing", () => {
  const share = (atS: number) => 0.12 * (1 + 0.33 * Math.sin((2 * Math.PI * atS) / (6 * HOUR)));
  const falls: Fall[] = [];
  for (let seed = 1; seed <= 6; seed++) {
    const all = course(30 * HOUR, share, { perMinute: 60, seed });
    for (let nowS = 12 * HOUR; nowS < 30 * HOUR; nowS += 5 * MINUTE) {
      const count = all.beganS.findLastIndex((at) => at < nowS) + 1;
      const known = all.tookS
        .slice(0, count)
        .map((took, at) => (all.beganS[at]! + took < nowS ? took : Number.POSITIVE_INFINITY));
      const { fall } = judgeConversion({ beganS: all.beganS.slice(0, count), tookS: known }, ANY, { nowS, freshS: 0 });
      if (fall) falls.push(fall);
    }
  }

  expect(falls).toEqual([]);
}, 60_000);

test("less than is promised is told of also when it was never more", () => {
  const nowS = HOUR;
  const entries = course(nowS, () => 0.05);
  const promised = (least: number) => judgeConversion(entries, { ...ANY, least }, { nowS, freshS: 0 }).fall;

  expect(promised(0.1)).toMatchObject({ expected: 0.1 });
  expect(promised(0.04)).toBeUndefined();
  expect(judgeConversion(entries, ANY, { nowS, freshS: 0 }).fall).toBeUndefined();
});

test("it is over when as many come through again, and not before", () => {
  const course_ = (seconds: number) => course(seconds, (atS) => (atS > HOUR && atS < 2 * HOUR ? 0.02 : 0.12));
  const fall = { seconds: 300, expected: 0.12, entered: 1_000, reached: 20 };

  expect(isComingThrough(course_(2 * HOUR), fall, 2 * HOUR)).toBe(false);
  expect(isComingThrough(course_(2 * HOUR + 10 * MINUTE), fall, 2 * HOUR + 10 * MINUTE)).toBe(true);
});
