// The changes of the last time in memory, and those not stored yet: they are few, and every chart asks for them.
import type { Change } from "../../model/change.ts";

export type Changes = {
  add(change: Change): void;
  /** oldest first. @param service `cart` or `shop/cart`; those of the mesh itself are always there */
  within(fromUs: number, toUs: number, service?: string): Change[];
  /** not yet stored */
  take(): readonly Change[];
  putBack(changes: readonly Change[]): void;
  restore(changes: readonly Change[]): void;
};

/** some 300 bytes each */
export const REMEMBERED_CHANGES = 10_000;

export function changes(): Changes {
  let known: Change[] = [];
  let fresh: Change[] = [];
  return {
    add(change) {
      known.push(change);
      fresh.push(change);
      if (known.length > REMEMBERED_CHANGES) known = known.slice(-REMEMBERED_CHANGES / 2);
      if (fresh.length > REMEMBERED_CHANGES) fresh = fresh.slice(-REMEMBERED_CHANGES / 2);
    },
    within: (fromUs, toUs, service) =>
      known
        .filter(({ atUs }) => atUs >= fromUs && atUs <= toUs)
        .filter((one) => one.service === "" || service === undefined || isOf(one, service))
        .sort((a, b) => a.atUs - b.atUs),
    take() {
      const taken = fresh;
      fresh = [];
      return taken;
    },
    putBack(taken) {
      fresh = [...taken, ...fresh];
    },
    restore(stored) {
      known = [...stored, ...known].slice(-REMEMBERED_CHANGES);
    },
  };
}

function isOf({ namespace, service }: Change, asked: string): boolean {
  return asked === service || asked === `${namespace}/${service}`;
}
