// The changes of the last time in memory, and those not stored yet: they are few, and every chart asks for them.
import type { Change, ChangeKind } from "../../model/change.ts";

export type ChangeFilter = {
  /** `cart` or `shop/cart`; those of the mesh itself are always there */
  readonly service?: string | undefined;
  readonly kinds?: readonly ChangeKind[] | undefined;
};

export type Changes = {
  /** one that is known already is not told twice: agents repeat theirs */
  add(change: Change): void;
  /** oldest first */
  within(fromUs: number, toUs: number, filter?: ChangeFilter): Change[];
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
      if (known.some((one) => isSame(one, change))) return;
      known.push(change);
      fresh.push(change);
      if (known.length > REMEMBERED_CHANGES) known = known.slice(-REMEMBERED_CHANGES / 2);
      if (fresh.length > REMEMBERED_CHANGES) fresh = fresh.slice(-REMEMBERED_CHANGES / 2);
    },
    within: (fromUs, toUs, { service, kinds } = {}) =>
      known
        .filter(({ atUs }) => atUs >= fromUs && atUs <= toUs)
        .filter((one) => one.service === "" || service === undefined || isOf(one, service))
        .filter(({ kind }) => kinds === undefined || kinds.includes(kind))
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

function isSame(a: Change, b: Change): boolean {
  // a store keeps whole µs
  return (
    Math.floor(a.atUs) === Math.floor(b.atUs) &&
    a.text === b.text &&
    a.workload === b.workload &&
    a.kind === b.kind &&
    a.service === b.service
  );
}
