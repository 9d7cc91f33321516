// One fault at a time, from the draw to the last thing taken back, and the truth about it in a file.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../src/base/clock.ts";
import { seededRandom } from "../../src/base/random.ts";
import { between } from "./draw.ts";
import type { Cause, Fault, Symptom } from "./fault.ts";
import { openHands } from "./hands.ts";
import { lack } from "./host/needs.ts";
import { sceneOf } from "./scene.ts";
import type { Shop } from "./shop.ts";

export type Truth = {
  readonly schema: "meshwise.dev/demo-truth/v1";
  readonly fault: string;
  readonly seed: number;
  readonly causes: readonly Cause[];
  readonly decoys: readonly Cause[];
  readonly symptom?: Symptom;
  /** it began between these; a deployment takes its time */
  readonly onset: { readonly from: string; readonly to?: string };
  readonly until?: string;
};

export type Progress =
  | { readonly state: "idle" }
  | {
      readonly state: "coming" | "on" | "ending";
      readonly fault: string;
      readonly seed: number;
      readonly since: string;
    }
  | { readonly state: "over"; readonly truth: Truth; readonly troubles: readonly string[] }
  | { readonly state: "failed"; readonly reason: string; readonly troubles: readonly string[] };

export type Order = {
  readonly fault: Fault;
  readonly seed: number;
  /** how long it lasts; until it is ended unless said */
  readonly forMs?: number;
  readonly signal?: AbortSignal;
  on?(progress: Progress): void;
};

export type Injector = {
  /** Resolves when all is as before; refuses while another one is there. */
  inject(order: Order): Promise<void>;
  /** Ends what is there, and what a killed injector before us left; resolves when all is as before. */
  off(): Promise<readonly string[]>;
  progress(): Progress;
  /** of what is over, the latest last */
  truths(): readonly Truth[];
  /** The demo ends: only what would outlive it is taken back. */
  close(): Promise<void>;
};

/** the onset keeps away from the command, so that nobody knows it by that */
const DELAY_S = [4, 12] as const;

export function openInjector(shop: Shop, clock: Clock): Injector {
  const folder = join(shop.data, "faults");
  mkdirSync(join(folder, "truth"), { recursive: true, mode: 0o700 });
  const hands = openHands(shop, join(folder, "undo.jsonl"));
  const over: Truth[] = [];
  let progress: Progress = { state: "idle" };
  let running: { readonly ending: AbortController; readonly done: Promise<void> } | undefined;

  const now = () => new Date(clock.nowUs() / 1000).toISOString();

  function write(truth: Truth): void {
    const file = join(folder, "truth", `${over.length + 1}-${truth.fault}-${truth.seed}.json`);
    writeFileSync(`${file}.new`, `${JSON.stringify(truth, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  async function run({ fault, seed, forMs, on }: Order, ending: AbortSignal): Promise<void> {
    const tell = (next: Progress) => {
      progress = next;
      on?.(next);
    };
    const step = (state: "coming" | "on" | "ending") => tell({ state, fault: fault.name, seed, since: now() });
    let truth: Truth | undefined;
    let reason: string | undefined;
    try {
      step("coming");
      const random = seededRandom(seed ^ hash(fault.name));
      const delayMs = between(random, ...DELAY_S) * 1000;
      const draw = fault.draw(random, await sceneOf(shop, clock));
      ending.throwIfAborted();
      await draw.prepare?.(hands);
      await clock.sleep(delayMs, ending);
      const { causes, decoys = [], symptom } = draw;
      const from = now();
      truth = { schema: SCHEMA, fault: fault.name, seed, causes, decoys, ...(symptom && { symptom }), onset: { from } };
      write(truth);
      await draw.begin(hands);
      truth = { ...truth, onset: { from, to: now() } };
      write(truth);
      step("on");
      await clock.sleep(forMs ?? FOR_EVER_MS, ending);
    } catch (error) {
      if (!ending.aborted) reason = error instanceof Error ? error.message : String(error);
    }
    const until = now();
    step("ending");
    const troubles = await hands.takeBack();
    if (truth) {
      truth = { ...truth, until };
      write(truth);
      over.push(truth);
    }
    if (reason !== undefined) tell({ state: "failed", reason, troubles });
    else if (truth) tell({ state: "over", truth, troubles });
    else tell({ state: "idle" });
  }

  return {
    async inject(order) {
      const missing = lacks(order.fault);
      if (missing.length > 0) throw new Refusal(`${order.fault.name} cannot be done here: ${missing.join("; ")}`);
      if (running) throw new Refusal("another fault is there: `meshwise demo fault --off` ends it");
      const ending = new AbortController();
      order.signal?.addEventListener("abort", () => ending.abort(), { once: true });
      const done = run(order, ending.signal).finally(() => {
        running = undefined;
      });
      running = { ending, done };
      await done;
    },
    async off() {
      const one = running;
      one?.ending.abort();
      await one?.done;
      return hands.takeBack();
    },
    progress: () => progress,
    truths: () => over,
    async close() {
      running?.ending.abort();
      await hands.takeBack({ isEnding: true });
    },
  };
}

/** A sentence for the one who asked. */
export class Refusal extends Error {}

export function lacks({ needs }: Fault): string[] {
  return needs.map(lack).filter((reason) => reason !== undefined);
}

const SCHEMA = "meshwise.dev/demo-truth/v1";
const FOR_EVER_MS = 2 ** 31 - 1;

/** FNV-1a: the same seed draws something else for each fault */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ character.charCodeAt(0), 0x01000193);
  return value;
}
