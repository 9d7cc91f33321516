// Makes batches of what lies in the workers' rings. A few spans at a time: a batch of a second's spans takes a busy host
// ten milliseconds, and a worker that shares the core with its supervisor waits for as long.
import { encodeBatch } from "../../model/span-batch.ts";
import type { SpanReader } from "../../model/span-ring.ts";
import type { NamedRule } from "../../model/telemetry.ts";

/** how often `look` is to be called */
export const LOOK_MS = 50;
/** so many spans are taken when they are seen; fewer wait until they are due */
const MANY_ROWS = 512;
/** spans of one batch at most */
const BATCH_ROWS = 16_384;

export type Collector = {
  /** @param isDue few spans are taken as well */
  look(isDue: boolean): void;
};

export type CollectorDeps = {
  readonly agent: string;
  readonly rings: readonly SpanReader[];
  /** of HttpRule.key */
  readonly ruleOf: (key: number) => NamedRule | undefined;
  readonly send: (batch: Uint8Array<ArrayBuffer>, rows: number) => void;
};

export function collector({ agent, rings, ruleOf, send }: CollectorDeps): Collector {
  const unread = () => rings.reduce((sum, ring) => sum + ring.unread(), 0);
  let sequence = 0;
  return {
    look(isDue) {
      for (let rows = unread(); rows > (isDue ? 0 : MANY_ROWS); rows = unread()) {
        const taken = Math.min(rows, BATCH_ROWS);
        const batch = encodeBatch({ agent, sequence: sequence + 1 }, rings, taken, ruleOf);
        if (!batch) return;
        sequence++;
        send(batch, taken);
      }
    },
  };
}
