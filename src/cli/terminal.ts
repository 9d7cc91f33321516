// Where a command writes: a stream that knows whether a person watches it, how wide it is and whether it may be coloured.
import type { WriteStream } from "node:tty";

export type Terminal = {
  /** resolves when the system has taken the text, so that a slow reader slows us instead of filling our memory */
  write(text: string | Uint8Array): Promise<void>;
  readonly isTty: boolean;
  readonly colour: boolean;
  /** Infinity when it is no terminal: nothing is cut that a program may read */
  columns(): number;
  rows(): number;
};

/** The reader of our output went away, as `head` does; no failure. */
export class ReaderGone extends Error {}

/** @param environment for NO_COLOR (https://no-color.org) and TERM */
export function terminal(stream: WriteStream, environment: Readonly<Record<string, string | undefined>>): Terminal {
  // Without a listener a write onto a closed pipe would end the process with a stack trace.
  stream.on("error", () => {});
  const isTty = stream.isTTY === true;
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        stream.write(text, (error) => {
          if (!error) resolve();
          else reject((error as NodeJS.ErrnoException).code === "EPIPE" ? new ReaderGone() : error);
        });
      }),
    isTty,
    colour: isTty && !environment.NO_COLOR && environment.TERM !== "dumb",
    columns: () => (isTty ? stream.columns || 80 : Number.POSITIVE_INFINITY),
    rows: () => (isTty ? stream.rows || 24 : Number.POSITIVE_INFINITY),
  };
}
