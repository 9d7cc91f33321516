// Figures over time, compared with a brute-force count: from the seconds in memory, the periods in memory, the store.
import { describe, expect, test } from "bun:test";
import { ERROR_CODES, isCallees, isOurs, MeshError } from "../../src/base/errors/index.ts";
import { hexWords } from "../../src/base/hex.ts";
import { seededRandom } from "../../src/base/random.ts";
import { merge, quantile, type Sketch, sketch } from "../../src/base/sketch.ts";
import type { StepFigures } from "../../src/model/figures.ts";
import { FLAG, isSuccess, type Span } from "../../src/model/span.ts";
import type { Counts } from "../../src/model/tally.ts";
import type { SeriesOf } from "../../src/observatory/query/series-of.ts";
import { destinationOf, differences, sourceOf } from "../support/brute-force.ts";
import { inObservatory, type Opened } from "../support/open-observatory.ts";
import { batchOf, randomSpans, sample, span } from "../support/telemetry.ts";

const ASKED: readonly [name: string, of: SeriesOf, meets: (span: Span) => boolean][] = [
  ["a service", { service: "cart" }, (span) => destinationOf(span) === "cart"],
  ["a service by its whole name", { service: "shop/cart" }, (span) => destinationOf(span) === "cart"],
  [
    "a pair",
    { source: "web", destination: "pay" },
    (span) => sourceOf(span) === "web" && destinationOf(span) === "pay",
  ],
  ["what comes from outside", { source: "outside" }, (span) => sourceOf(span) === "outside"],
  ["a name of the outside", { destination: "api1.example.com" }, (span) => destinationOf(span) === "api1.example.com"],
];

async function expectSeries(
  { observatory, clock }: Opened,
  spans: readonly Span[],
  asked: { readonly fromUs: number; readonly stepS?: number },
  of: SeriesOf,
  meets: (span: Span) => boolean,
): Promise<number> {
  const window = { fromUs: asked.fromUs, toUs: clock.nowUs() };
  const { rows, stepSeconds } = await observatory.queries.series(of, window, asked.stepS);
  expect(rows.length).toBeLessThanOrEqual(180);
  for (const [index, row] of rows.entries()) {
    expect(row.startUs % (stepSeconds * 1e6)).toBe(0);
    if (index > 0) expect(row.startUs - (rows[index - 1]?.startUs ?? 0)).toBe(stepSeconds * 1e6);
    const within = spans.filter((span) => {
      const endUs = span.startUs + span.end;
      return meets(span) && endUs >= row.startUs && endUs < row.startUs + stepSeconds * 1e6;
    });
    expect(differences(row, within)).toEqual([]);
    expectTimes(
      row,
      within.filter(({ protocol }) => protocol !== TCP),
    );
  }
  expect(rows.reduce((sum, row) => sum + row.requests, 0)).toBe(spans.filter(meets).length);
  return stepSeconds;
}

const TCP = 0;

/** Phases add up to the mean duration, and the exemplar is the slowest request. */
function expectTimes({ phases, exemplar }: StepFigures, requests: readonly Span[]): void {
  const slowest = requests.toSorted((a, b) => b.end - a.end)[0];
  if (!slowest) {
    expect([phases, exemplar]).toEqual([undefined, undefined]);
    return;
  }
  const meanMs = requests.reduce((sum, { end }) => sum + end, 0) / requests.length / 1000;
  expect(Object.values(phases ?? {}).reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(meanMs, 6);
  expect(exemplar?.durationMs).toBe(slowest.end / 1000);
  const slow = requests.filter(({ end }) => end === slowest.end).map((one) => hexWords(one.client0, one.client1));
  expect(slow).toContain(exemplar?.spanId ?? "");
}

describe("a series adds up to the brute-force count, step by step", () => {
  test.each(ASKED)("by the second, of %s", async (_, of, meets) => {
    await inObservatory(async (opened) => {
      const { observatory, clock } = opened;
      clock.advance(60_000);
      const spans = randomSpans(2_000, clock.nowUs() - 50e6, clock.nowUs(), seededRandom(1));
      observatory.intake.spans(batchOf(spans));

      expect(await expectSeries(opened, spans, { fromUs: clock.nowUs() - 60e6 }, of, meets)).toBe(1);
      expect(await expectSeries(opened, spans, { fromUs: clock.nowUs() - 60e6, stepS: 5 }, of, meets)).toBe(5);
      expect(await expectSeries(opened, spans, { fromUs: clock.nowUs() - 60e6, stepS: 10 }, of, meets)).toBe(10);
    });
  });

  test.each(ASKED)("from memory and the store, and after another start, of %s", async (_, of, meets) => {
    await inObservatory(async (opened) => {
      const { clock } = opened;
      const spans: Span[] = [];
      for (let minute = 0; minute < 20; minute++) {
        clock.advance(60_000);
        const some = randomSpans(200, clock.nowUs() - 60e6, clock.nowUs(), seededRandom(minute + 1));
        opened.observatory.intake.spans(batchOf(some, minute));
        spans.push(...some);
        await flushed();
      }

      expect(await expectSeries(opened, spans, { fromUs: clock.nowUs() - 1_260e6 }, of, meets)).toBe(10);
      const again = await opened.again();
      expect(await expectSeries(again, spans, { fromUs: clock.nowUs() - 1_260e6 }, of, meets)).toBe(10);
      expect(await expectSeries(again, spans, { fromUs: clock.nowUs() - 1_260e6, stepS: 60 }, of, meets)).toBe(60);
    });
  });
});

test("the course of all services adds up too: from memory and the store, after another start, and by the minute", async () => {
  await inObservatory(async (opened) => {
    const { clock } = opened;
    const beganUs = clock.nowUs();
    const spans: Span[] = [];
    for (let minute = 0; minute < 14; minute++) {
      clock.advance(60_000);
      const some = randomSpans(100, clock.nowUs() - 60e6, clock.nowUs(), seededRandom(minute + 1));
      const mixed = some.map((one, at) => (at % 7 === 0 ? { ...one, flags: one.flags | FLAG.stream } : one));
      opened.observatory.intake.spans(batchOf(mixed, minute));
      spans.push(...mixed);
      await flushed();
    }

    expect(await expectCourse(opened, spans, beganUs)).toBe(10);
    const again = await opened.again();
    expect(await expectCourse(again, spans, beganUs)).toBe(10);
    clock.advance(31_000_000);
    expect(await expectCourse(again, spans, beganUs)).toBe(180);
  });
});

async function expectCourse({ observatory, clock }: Opened, spans: readonly Span[], fromUs: number): Promise<number> {
  const { services, calls, startsS, stepSeconds } = await observatory.queries.course({ fromUs, toUs: clock.nowUs() });
  const within = spans.filter(({ startUs, end }) => startUs + end >= 1e6 * (startsS[0] as number));
  const stepsOf = (some: readonly Span[]) => {
    const byStep = Map.groupBy(
      some,
      ({ startUs, end }) => Math.floor((startUs + end) / 1e6 / stepSeconds) * stepSeconds,
    );
    return startsS.map((startS) => byStep.get(startS) ?? []);
  };
  expect(services.map(({ name }) => name).sort()).toEqual([...new Set(within.map(destinationOf))].sort());
  for (const { name, steps } of services) {
    const of = stepsOf(within.filter((one) => destinationOf(one) === name));
    expect(steps).toEqual(of.map(countsOf));
  }
  for (const { source, destination, requests } of calls) {
    const of = within.filter((one) => sourceOf(one) === source && destinationOf(one) === destination);
    expect(requests).toEqual(stepsOf(of).map((some) => some.length));
  }
  expect(calls.flatMap(({ requests }) => requests).reduce((sum, one) => sum + one, 0)).toBe(within.length);
  return stepSeconds;
}

function countsOf(spans: readonly Span[]): Counts {
  const codeOf = ({ error }: Span) => ERROR_CODES[error - 1];
  const faults = spans.filter((one) => {
    const code = codeOf(one);
    return !isSuccess(one.status, code) && (code === undefined || isCallees(code));
  });
  const ours = spans.map(codeOf).filter((code) => code !== undefined && isOurs(code));
  const timed = spans.filter(({ protocol, flags }) => protocol !== TCP && (flags & FLAG.stream) === 0);
  return {
    requests: spans.length,
    faults: faults.length,
    ours: ours.length,
    refused: spans.map(codeOf).filter((code) => code === "rate_limited").length,
    timed: timed.length,
    durationUs: timed.reduce((sum, { end }) => sum + end, 0),
  };
}

test("the pace is of the last minute and of the half hour before, by the minute: in steps of ten seconds", async () => {
  await inObservatory(async (opened) => {
    const { clock, observatory } = opened;
    for (let minute = 0; minute < 40; minute++) {
      clock.advance(60_000);
      const sentUs = clock.nowUs() - 1e6;
      const some = Array.from({ length: 10 }, () =>
        span({ startUs: sentUs - 5_000, end: minute === 39 ? 900_000 : 5_000 }),
      );
      observatory.intake.spans(batchOf(some, minute));
      await flushed();
    }
    const counts = async () => {
      const { recent, earlier } = await observatory.queries.pace(clock.nowUs());
      const before = sketch();
      for (const { durations } of earlier.flat()) merge(before, durations);
      const figures = (durations: Sketch) => [durations.count, quantile(durations, 0.5)];
      return {
        recent: recent.map(({ all }) => figures(all.durations)),
        before: figures(before),
        periods: earlier.length,
      };
    };
    const near = (ms: number) => expect.closeTo(ms * 1000, -Math.log10(ms * 20));

    const seen = { recent: [[10, near(900)]], before: [310, near(5)] };
    expect(await counts()).toMatchObject(seen);
    clock.advance(10_000);
    expect(await counts()).toMatchObject(seen);
    clock.advance(60_000);
    expect((await counts()).recent).toEqual([]);
  });
});

test("a step that is not over has its rate over what has passed of it", async () => {
  await inObservatory(async ({ observatory, clock }) => {
    clock.advance(64_000);
    const spans = randomSpans(400, clock.nowUs() - 4e6, clock.nowUs(), seededRandom(2));
    observatory.intake.spans(batchOf(spans));

    const window = { fromUs: clock.nowUs() - 60e6, toUs: clock.nowUs() };
    const { rows } = await observatory.queries.series({ service: "cart" }, window, 10);

    const last = rows.at(-1);
    expect(last?.isPartial).toBe(true);
    expect(last?.rps).toBeCloseTo((last?.requests ?? 0) / 4, 5);
    expect(rows.at(-2)?.isPartial).toBe(false);
  });
});

test("a step that makes too many rows is refused", async () => {
  await inObservatory(async ({ observatory, clock }) => {
    clock.advance(3_600_000);
    const window = { fromUs: clock.nowUs() - 3_600e6, toUs: clock.nowUs() };

    expect(observatory.queries.series({ service: "cart" }, window, 10)).rejects.toThrow(MeshError);
    expect((await observatory.queries.series({ service: "cart" }, window)).stepSeconds).toBe(20);
  });
});

describe("what workloads use", () => {
  const at = (atUs: number, cpuUs: number, overrides: object = {}) => {
    const [, cart] = sample().workloads;
    if (!cart) throw new Error("the sample has no cart");
    const resources = { cpuUs, memoryBytes: 1_000_000, listenQueue: 3, throttledUs: cpuUs / 10 };
    return sample({ atUs, workloads: [{ ...cart, key: 99, id: "cart-9", resources, ...overrides }] });
  };

  test("CPU is a rate, also over another start of the observatory and of the workload", async () => {
    await inObservatory(async (opened) => {
      const { clock } = opened;
      let { observatory } = opened;
      // half a core since it was started
      let startedUs = clock.nowUs();
      for (let i = 0; i < 12; i++) {
        clock.advance(10_000);
        if (i === 6) startedUs = clock.nowUs() - 4e6;
        observatory.intake.sample(at(clock.nowUs(), (clock.nowUs() - startedUs) / 2));
        await flushed();
        if (i !== 8) continue;
        clock.advance(1_000);
        ({ observatory } = await opened.again());
      }

      const window = { fromUs: clock.nowUs() - 90e6, toUs: clock.nowUs() + 1 };
      const { rows, stepSeconds } = await observatory.queries.resources("cart", window);
      const points = rows.find(({ workload }) => workload === "cart-9")?.points ?? [];

      expect(stepSeconds).toBe(10);
      expect(points.map(({ cpuCores }) => cpuCores)).toEqual([0.5, 0.5, 0.5, 0.2, 0.5, 0.5, 0.5, 0.5, 0.5]);
      for (const point of points) expect(point).toMatchObject({ memoryBytes: 1_000_000, listenQueue: 3 });
      expect(points[0]).toMatchObject({ throttledShare: 0.05, connections: 1, isReady: true });
    });
  });

  test("a host that tells nothing has points without these figures, and a silence is no rate", async () => {
    await inObservatory(async ({ observatory, clock }) => {
      clock.advance(10_000);
      observatory.intake.sample(at(clock.nowUs(), 1e6));
      clock.advance(300_000);
      observatory.intake.sample(at(clock.nowUs(), 2e6));
      clock.advance(10_000);
      observatory.intake.sample(at(clock.nowUs(), 0, { resources: undefined, state: "failed" }));

      const window = { fromUs: clock.nowUs() - 15e6, toUs: clock.nowUs() + 1 };
      const { rows } = await observatory.queries.resources("cart", window);

      expect(
        rows.find(({ workload }) => workload === "cart-9")?.points.map(({ startUs: _, ...point }) => point),
      ).toEqual([
        { memoryBytes: 1_000_000, listenQueue: 3, connections: 1, isReady: true },
        { connections: 1, isReady: false },
      ]);
    });
  });
});

/** the store's timer has fired with the clock; what it does then takes real time */
async function flushed(): Promise<void> {
  await new Promise(setImmediate);
}
