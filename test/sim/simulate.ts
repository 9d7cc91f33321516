// One run: the same seed is the same run, event by event.
import { drainMicrotasks } from "bun:jsc";
import { client } from "./actors/client.ts";
import { control } from "./actors/control.ts";
import type { Violation } from "./check/history.ts";
import { nothingLeft, validate } from "./check/validate.ts";
import { draws } from "./draw.ts";
import { drawWeather } from "./weather.ts";
import { makeWorld } from "./world.ts";

export type Run = {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly requests: number;
  readonly events: number;
  readonly virtualMs: number;
};

/** nobody may have to wait longer: the data plane's longest limit, and a bit */
const PATIENCE_MS = 900_000;
const GRACE_MS = 1_000;
/** longer than most servers leave a resting connection open */
const QUIET_MS = 10_000;

/** @param write gets the trace, line by line */
export function simulate(seed: number, write?: (line: string) => void): Run {
  const weather = drawWeather(draws(seed).fork("weather"));
  const world = makeWorld(seed, weather, write);
  const { clock, history } = world;
  if (write) write(JSON.stringify(weather));
  let events = 0;

  function until(is: () => boolean, endMs: number): void {
    while (!is() && clock.step(endMs)) {
      events++;
      drainMicrotasks();
    }
  }

  const complain = console.error;
  console.error = (...words: unknown[]) => history.violate("no mistake", words.map(describe).join(" "));
  try {
    const mesh = control(world);
    let hasStarted = false;
    mesh.start(() => {
      hasStarted = true;
    });
    until(() => hasStarted, PATIENCE_MS);
    const clients = Array.from({ length: weather.clients }, (_, i) =>
      client({ world, name: `client-${i}`, address: `10.0.0.${i + 1}`, target: mesh.targetFor(i) }),
    );
    until(() => clients.every((it) => it.isDone()), PATIENCE_MS);
    mesh.quiet();
    until(() => false, clock.monotonicMs() + QUIET_MS);
    for (const one of mesh.workers) if (one.isAlive()) one.drain(GRACE_MS);
    until(() => false, clock.monotonicMs() + GRACE_MS + 5_000);
    mesh.collect();
    nothingLeft(world, mesh);
    validate(world, mesh);
  } finally {
    console.error = complain;
  }
  return {
    seed,
    violations: history.violations,
    requests: history.requests.size,
    events,
    virtualMs: clock.monotonicMs(),
  };
}

function describe(word: unknown): string {
  return word instanceof Error ? (word.stack ?? word.message) : String(word);
}
