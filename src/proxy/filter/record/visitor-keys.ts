// The secrets of the hashes that are written, as the configuration has them.
import type { HalfSipKey } from "../../../base/half-siphash.ts";
import { type Hash, type SipKey, sipHash, sipKey } from "../../../base/siphash.ts";
import type { VisitorKeys } from "../../../model/visit.ts";
import type { Core } from "../../shapes.ts";

export type HashKeys = {
  readonly current: SipKey | undefined;
  readonly previous: SipKey | undefined;
  /** for what calls share, made of `current`: its hashes have nothing to do with those of visitors */
  readonly content: HalfSipKey | undefined;
};

const NONE: HashKeys = { current: undefined, previous: undefined, content: undefined };

/** made once for each that is told */
let told: VisitorKeys | undefined;
let made = NONE;

/** The keys of now; none where nobody is to be told apart. */
export function hashKeys({ table }: Pick<Core, "table">): HashKeys {
  const { visitors } = table.snapshot;
  if (visitors === told) return made;
  told = visitors;
  const { current, previous } = visitors ?? {};
  const key = current === undefined ? undefined : sipKey(current);
  made = {
    current: key,
    previous: previous === undefined ? undefined : sipKey(previous),
    content: key && contentKey(key),
  };
  return made;
}

function contentKey(key: SipKey): HalfSipKey {
  const hash: Hash = { high: 0, low: 0 };
  sipHash(key, "what calls share", hash);
  return [hash.high | 0, hash.low | 0];
}
