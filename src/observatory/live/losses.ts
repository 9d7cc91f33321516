// What was lost on the way here, and when, so that every answer can say which share of the truth it shows.
import type { Sample } from "../../model/telemetry.ts";

export const LOSS_REASONS = ["ring", "upload", "rejected", "memory", "store", "stitch", "sampled"] as const;
export type LossReason = (typeof LOSS_REASONS)[number];

export type Loss = { readonly atUs: number; readonly reason: LossReason; readonly spans: number };

export type Losses = {
  /** counters in samples are cumulated; what they rose by was lost between this sample and the one before */
  sampled(sample: Pick<Sample, "agent" | "atUs" | "lost">): void;
  add(loss: Loss): void;
  within(fromUs: number, toUs: number): Partial<Record<LossReason, number>>;
  /** since the process began */
  total(reason: LossReason): number;
  /** not yet stored */
  take(): readonly Loss[];
  putBack(losses: readonly Loss[]): void;
  /** cumulated counters by agent, for the store */
  counters(): ReadonlyMap<string, Sample["lost"]>;
  restore(losses: readonly Loss[], counters: ReadonlyMap<string, Sample["lost"]>): void;
};

/** one entry per reason and 10 s: a day's worth of uninterrupted loss */
const REMEMBERED = 10_000;
const GRAIN_US = 10e6;

export function losses(): Losses {
  let known: Loss[] = [];
  let fresh: Loss[] = [];
  const counters = new Map<string, Sample["lost"]>();
  const totals = new Map<LossReason, number>();

  const add = (loss: Loss) => {
    if (loss.spans <= 0) return;
    totals.set(loss.reason, (totals.get(loss.reason) ?? 0) + loss.spans);
    insert(known, loss);
    insert(fresh, loss);
    if (known.length > REMEMBERED) known = known.slice(-REMEMBERED / 2);
    if (fresh.length > REMEMBERED) fresh = fresh.slice(-REMEMBERED / 2);
  };

  return {
    sampled({ agent, atUs, lost }) {
      const before = counters.get(agent) ?? { ring: 0, upload: 0 };
      // lower than before: the agent began anew
      const rise = (now: number, then: number) => (now < then ? now : now - then);
      add({ atUs, reason: "ring", spans: rise(lost.ring, before.ring) });
      add({ atUs, reason: "upload", spans: rise(lost.upload, before.upload) });
      counters.set(agent, { ring: lost.ring, upload: lost.upload });
      if (counters.size > 64) counters.delete(counters.keys().next().value as string);
    },
    add,
    within(fromUs, toUs) {
      const found: Partial<Record<LossReason, number>> = {};
      for (const { atUs, reason, spans } of known) {
        if (atUs >= fromUs && atUs <= toUs) found[reason] = (found[reason] ?? 0) + spans;
      }
      return found;
    },
    total: (reason) => totals.get(reason) ?? 0,
    take() {
      const taken = fresh;
      fresh = [];
      return taken;
    },
    putBack(taken) {
      fresh = [...taken, ...fresh];
    },
    counters: () => counters,
    restore(stored, cumulated) {
      known = [...stored, ...known].slice(-REMEMBERED);
      for (const [agent, lost] of cumulated) if (!counters.has(agent)) counters.set(agent, lost);
    },
  };
}

/** Adds to the newest entry of the same reason when it is of the same 10 s. */
function insert(to: Loss[], loss: Loss): void {
  for (let i = to.length - 1; i >= 0 && i > to.length - 6; i--) {
    const entry = to[i] as Loss;
    if (entry.reason !== loss.reason || Math.floor(entry.atUs / GRAIN_US) !== Math.floor(loss.atUs / GRAIN_US))
      continue;
    to[i] = { ...entry, spans: entry.spans + loss.spans };
    return;
  }
  to.push(loss);
}
