// How to take back what was done, noted before it is done: an injector that was killed is followed by one that reads this.
import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { output } from "./shop.ts";

export type Undo = {
  readonly run: readonly string[];
  /** gone with the mesh anyway, so that the end of the demo need not wait for it */
  readonly isMeshs?: boolean;
};

export type Journal = {
  note(undo: Undo): void;
  /** Takes everything back, the newest first; says what could not be. @param options isEnding: the mesh ends with us */
  takeBack(options?: { readonly isEnding: boolean }): Promise<readonly string[]>;
};

export function openJournal(file: string): Journal {
  const noted = () =>
    read(file)
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Undo);
  return {
    note: (undo) => appendFileSync(file, `${JSON.stringify(undo)}\n`, { mode: 0o600 }),
    async takeBack({ isEnding } = { isEnding: false }) {
      const troubles: string[] = [];
      for (const { run, isMeshs } of noted().reverse()) {
        if (isEnding && isMeshs) continue;
        await output(run).catch((error: Error) => troubles.push(error.message));
      }
      rmSync(file, { force: true });
      return troubles;
    },
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
