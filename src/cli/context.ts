// What every command is given: the world outside of it.
import type { Clock } from "../base/clock.ts";
import type { Signals } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

export type Context = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** where the user stands */
  readonly directory: string;
  readonly out: Terminal;
  readonly err: Terminal;
  readonly clock: Clock;
  readonly signals: Signals;
};

/** One line to the person, on stderr; stdout is for data. Nobody there to read it (a closed terminal) stops nothing. */
export function say(context: Pick<Context, "err">, text: string): Promise<void> {
  return context.err.write(`${text}\n`).catch(() => {});
}
