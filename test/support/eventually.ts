// Waits for a condition instead of for a time.
import { systemClock } from "../../src/base/clock.ts";

/** Resolves with the first truthy value of `condition`; fails after `withinMs` with what it threw last, if anything. */
export async function eventually<Value>(
  condition: () => Value | Promise<Value>,
  { withinMs = 10_000, everyMs = 10 }: { withinMs?: number; everyMs?: number } = {},
): Promise<Exclude<Value, undefined | null | false | 0 | "">> {
  const deadline = systemClock.monotonicMs() + withinMs;
  for (;;) {
    let thrown: unknown;
    try {
      const value = await condition();
      if (value) return value as Exclude<Value, undefined | null | false | 0 | "">;
    } catch (error) {
      thrown = error;
    }
    if (systemClock.monotonicMs() > deadline) {
      throw new Error(`did not come true within ${withinMs} ms: ${condition}`, { cause: thrown });
    }
    await systemClock.sleep(everyMs);
  }
}
