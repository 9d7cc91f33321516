// What all actors of one run share.
import { type ManualClock, manualClock } from "../../src/base/clock.manual.ts";
import { type History, history } from "./check/history.ts";
import { type Draw, draws } from "./draw.ts";
import { type Network, network } from "./net/network.ts";
import type { Weather } from "./weather.ts";

export type World = {
  readonly seed: number;
  readonly weather: Weather;
  readonly clock: ManualClock;
  readonly draw: Draw;
  readonly network: Network;
  readonly history: History;
  /** tells the reader of a trace; `what` is only made when somebody reads it */
  say(who: string, what: () => string): void;
};

export function makeWorld(seed: number, weather: Weather, write?: (line: string) => void): World {
  const clock = manualClock();
  const draw = draws(seed);
  return {
    seed,
    weather,
    clock,
    draw,
    network: network({ clock, draw: draw.fork("network") }),
    history: history(clock.monotonicMs),
    say(who, what) {
      if (write) write(`${clock.monotonicMs().toFixed(3).padStart(12)} ${who.padEnd(14)} ${what()}`);
    },
  };
}
