import { expect, test } from "bun:test";
import { manualClock } from "../base/clock.manual.ts";
import { seededRandom } from "../base/random.ts";
import { timer, timers } from "./timers.ts";

function wheel() {
  const clock = manualClock();
  return { clock, wheel: timers(clock, () => clock.monotonicMs()) };
}

test("a timer fires once, not before its time and at most two ticks after it", () => {
  const random = seededRandom(1);
  const { clock, wheel: all } = wheel();
  const fired: number[] = [];
  const wanted: number[] = [];
  for (let i = 0; i < 2000; i++) {
    const at = random.unit() * 20_000;
    wanted[i] = at;
    const one = timer(() => {
      expect(fired[i]).toBeUndefined();
      fired[i] = clock.monotonicMs();
    });
    all.arm(one, at);
  }

  clock.advance(21_000);

  for (const [i, at] of wanted.entries()) {
    expect(fired[i]).toBeGreaterThanOrEqual(at);
    expect(fired[i]).toBeLessThanOrEqual(at + 16);
  }
});

test("a disarmed timer does not fire, one that is armed again fires at its new time", () => {
  const { clock, wheel: all } = wheel();
  const fired: string[] = [];
  const gone = timer(() => fired.push("gone"));
  const moved = timer(() => fired.push(`moved ${clock.monotonicMs()}`));
  all.arm(gone, 100);
  all.arm(moved, 100);
  all.disarm(gone);
  all.disarm(gone);
  all.arm(moved, 9_000);

  clock.advance(8_990);
  expect(fired).toEqual([]);
  clock.advance(1_000);
  expect(fired).toEqual(["moved 9000"]);
});

test("what fires may disarm its neighbours and arm others", () => {
  const { clock, wheel: all } = wheel();
  const fired: string[] = [];
  const third = timer(() => fired.push("third"));
  const second = timer(() => fired.push("second"));
  const first = timer(() => {
    fired.push("first");
    all.disarm(second);
    all.arm(third, clock.monotonicMs());
  });
  all.arm(first, 50);
  all.arm(second, 50);

  clock.advance(100);
  expect(fired).toEqual(["first", "third"]);
});

test("an empty wheel does not turn", () => {
  const { clock, wheel: all } = wheel();
  let woken = 0;
  const counting = timers(clock, () => {
    woken++;
    return clock.monotonicMs();
  });
  counting.arm(
    timer(() => {}),
    20,
  );
  clock.advance(10_000);
  expect(woken).toBeLessThan(6);

  let fired = false;
  all.arm(
    timer(() => {
      fired = true;
    }),
    10_050,
  );
  clock.advance(100);
  expect(fired).toBe(true);
});
