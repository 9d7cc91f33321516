// What a fault may do to the world, so that all of it can be taken back.
import { type Journal, openJournal, type Undo } from "./journal.ts";
import type { Shop } from "./shop.ts";

export type Hands = {
  readonly shop: Shop;
  /** Notes how to take it back, then does it. */
  act(undo: Undo, does: () => unknown): Promise<void>;
  /** Runs a process beside the shop until the fault ends; the kernel ends it when we die. */
  beside(command: readonly string[]): void;
};

export type OwnHands = Hands & Pick<Journal, "takeBack">;

export function openHands(shop: Shop, journalFile: string): OwnHands {
  const journal = openJournal(journalFile);
  const running = new Set<Bun.Subprocess>();
  return {
    shop,
    async act(undo, does) {
      journal.note(undo);
      await does();
    },
    beside(command) {
      const process_ = Bun.spawn(["setpriv", "--pdeathsig", "KILL", ...command], {
        stdin: "ignore",
        stdout: "ignore",
        stderr: "ignore",
      });
      running.add(process_);
      void process_.exited.then(() => running.delete(process_));
    },
    async takeBack(options) {
      const ending = [...running];
      for (const one of ending) one.kill("SIGKILL");
      await Promise.all(ending.map((one) => one.exited));
      return journal.takeBack(options);
    },
  };
}
