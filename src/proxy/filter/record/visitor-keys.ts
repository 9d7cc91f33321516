// The secrets of the hashes that are written, as the configuration has them.
import { type SipKey, sipKey } from "../../../base/siphash.ts";
import type { VisitorKeys } from "../../../model/visit.ts";
import type { Core } from "../../shapes.ts";

export type HashKeys = { readonly current: SipKey | undefined; readonly previous: SipKey | undefined };

const NONE: HashKeys = { current: undefined, previous: undefined };

/** made once for each that is told */
let told: VisitorKeys | undefined;
let made = NONE;

/** The keys of now; none where nobody is to be told apart. */
export function hashKeys({ table }: Pick<Core, "table">): HashKeys {
  const { visitors } = table.snapshot;
  if (visitors === told) return made;
  told = visitors;
  const { current, previous } = visitors ?? {};
  made = {
    current: current === undefined ? undefined : sipKey(current),
    previous: previous === undefined ? undefined : sipKey(previous),
  };
  return made;
}
