// A leak is told from a heap that is swept now and then.
import { expect, test } from "bun:test";
import { type Course, judgeAll, slope } from "./judge.ts";

const MIB = 1 << 20;
const troubleOf = (given: Course, bounded = {}) => judgeAll([given], bounded).flatMap(({ trouble }) => trouble);

function course(pssMiB: (minute: number) => number, descriptors: (minute: number) => number = () => 50): Course {
  const samples = Array.from({ length: 150 }, (_, i) => {
    const minute = i / 30;
    return { atMs: minute * 60_000, pssBytes: pssMiB(minute) * MIB, descriptors: descriptors(minute) };
  });
  return { name: "worker-0", samples };
}

test.each<[string, Course, readonly string[]]>([
  ["still", course(() => 30), []],
  ["it warms up and stays so", course((minute) => 20 + 10 * Math.min(1, minute)), []],
  ["a heap is swept each half minute", course((minute) => 30 + 6 * ((minute * 2) % 1)), []],
  ["it grows", course((minute) => 30 + 2 * minute), ["grows by 2.0 MiB a minute"]],
  ["it grows between sweeps too", course((minute) => 30 + 2 * minute + 6 * ((minute * 2) % 1)), ["grows by"]],
  [
    "descriptors are kept",
    course(
      () => 30,
      (minute) => 50 + 10 * minute,
    ),
    ["keeps 20 more descriptors"],
  ],
  [
    "connections come and go",
    course(
      () => 30,
      (minute) => 50 + 10 * (Math.floor(minute * 30) % 2),
    ),
    [],
  ],
])("%s", (_, given, wanted) => {
  const trouble = troubleOf(given);

  expect(trouble).toHaveLength(wanted.length);
  for (const [i, text] of wanted.entries()) expect(trouble[i]).toContain(text);
});

test("connections that go from one worker to another are kept by neither", () => {
  const worker = (index: number, more: number) => {
    const of = course(
      () => 30,
      (minute) => 200 + more * minute,
    );
    return { ...of, name: `worker-${index}` };
  };
  const trouble = (...workers: readonly Course[]) => judgeAll(workers, {}).flatMap((one) => one.trouble);

  expect(trouble(worker(0, 10), worker(1, -10))).toEqual([]);
  expect(trouble(worker(0, 10), worker(1, 10))).toHaveLength(2);
});

test("a cache that fills may grow, up to its bound", () => {
  const given = { ...course((minute) => 60 + 20 * minute), name: "observatory" };

  expect(troubleOf(given, { observatory: 200 })).toEqual([]);
  expect(troubleOf(given, { observatory: 150 }).join()).toContain("more than 150");
});

test("the slope of a line is its slope, and of one point nothing", () => {
  expect(
    slope([
      [0, 1],
      [2, 5],
      [4, 9],
    ]),
  ).toBe(2);
  expect(slope([[0, 1]])).toBe(0);
});
