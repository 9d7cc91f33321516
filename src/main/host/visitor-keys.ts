// The secrets by which visitors are told apart. They live in the memory of the host and of workers, and on no disk: once a key
// is gone, nobody can say any more which cookie a hash was made of. A new one comes each day; for an hour both are used, so
// that who is under way then stays one visitor.
import type { Clock } from "../../base/clock.ts";
import { secretHex } from "../../base/random.ts";
import { type Hash, sipHash, sipKey } from "../../base/siphash.ts";
import type { VisitorKeys } from "../../model/visit.ts";

export type VisitorSecrets = {
  /** for the workers; undefined: nobody is to be told apart */
  keys(): VisitorKeys | undefined;
  /** what a visitor's secret is called by now, and was called by the day before, as 16 hexadecimal digits */
  hashesOf(secret: string): string[];
  stop(): void;
};

const ROTATE_MS = 24 * 3_600_000;
const OVERLAP_MS = 3_600_000;
const KEY_BYTES = 16;

/** @param isWanted false: nothing is ever hashed @param changed the workers are to be told */
export function visitorSecrets(clock: Clock, isWanted: boolean, changed: () => void): VisitorSecrets {
  let current = secretHex(KEY_BYTES);
  /** of yesterday: used in the overlap, known until the next rotation */
  let previous: string | undefined;
  let isOverlapping = false;

  const rotate = () => {
    previous = current;
    current = secretHex(KEY_BYTES);
    isOverlapping = true;
    changed();
    clock.after(OVERLAP_MS, () => {
      isOverlapping = false;
      changed();
    });
  };
  const rotating = isWanted ? clock.every(ROTATE_MS, rotate) : undefined;

  return {
    keys: () => (isWanted ? { current, ...(isOverlapping && previous !== undefined && { previous }) } : undefined),
    hashesOf: (secret) => [current, ...(previous === undefined ? [] : [previous])].map((key) => hashed(key, secret)),
    stop: () => rotating?.cancel(),
  };
}

function hashed(key: string, secret: string): string {
  const hash: Hash = { high: 0, low: 0 };
  const words = sipKey(key);
  if (words) sipHash(words, secret, hash);
  return [hash.high, hash.low].map((word) => word.toString(16).padStart(8, "0")).join("");
}
