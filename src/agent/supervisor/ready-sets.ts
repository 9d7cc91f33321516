// Keeps every namespace's rules and its set of ready ports as they should be. A change is made in two steps, so that a
// name is never accepted without somebody to serve it: what is gone leaves all sets before the workers learn of it, what
// has come enters them after.
//
// Of two agents only one writes. The other knows what it would write; once it may, it writes all of it, each namespace in
// one transaction, so that nothing is refused in between.

import type { AddressPair } from "../../model/workload.ts";
import { applyRules } from "../netns/namespace.ts";
import { type ReadyPort, renderReadyChange, renderRules } from "../netns/rules.ts";

/** nft processes at a time */
const PARALLEL = 4;

export type ReadySets = {
  /** from now on it writes, everything at first */
  begin(): Promise<void>;
  /** writes nothing any more; resolves when what was being written is */
  end(): Promise<void>;
  /** writes the complete rules of a namespace */
  install(key: number, netns: string, address: AddressPair): Promise<void>;
  remove(key: number): void;
  /** takes out of every set what is not in `ready` */
  narrow(ready: readonly ReadyPort[]): Promise<void>;
  /** puts into every set what is missing of `ready` */
  widen(ready: readonly ReadyPort[]): Promise<void>;
  setEgress(allowed: boolean): Promise<void>;
};

type Space = { readonly netns: string; readonly address: AddressPair; applied: ReadonlyMap<string, ReadyPort> };

/** @param onFailure told when a namespace's rules could not be changed; the next change tries all of them again */
export function readySets(onFailure: (netns: string, reason: unknown) => void): ReadySets {
  const spaces = new Map<number, Space>();
  let wanted: readonly ReadyPort[] = [];
  let egressAllowed = true;
  let mayWrite = false;
  const writing = new Set<Promise<void>>();

  const write = (netns: string, rules: string): Promise<void> => {
    const written = applyRules(netns, rules).finally(() => writing.delete(written));
    writing.add(written);
    return written;
  };

  const writeAll = async (space: Space) => {
    if (!mayWrite) return;
    const ready = wanted;
    await write(space.netns, renderRules({ address: space.address, egressAllowed, ready }));
    space.applied = byName(ready);
  };

  const change = async (space: Space, next: ReadonlyMap<string, ReadyPort>) => {
    const gone = [...space.applied].filter(([name]) => !next.has(name)).map(([, port]) => port);
    const come = [...next].filter(([name]) => !space.applied.has(name)).map(([, port]) => port);
    if (!mayWrite || gone.length + come.length === 0) return;
    try {
      await write(space.netns, renderReadyChange(gone, come));
      space.applied = next;
    } catch {
      // the set is not what we believe: write everything anew
      await writeAll(space).catch((reason) => onFailure(space.netns, reason));
    }
  };

  const onAll = (step: (space: Space) => Promise<void>) => inParallel([...spaces.values()], step);

  const rewriteAll = () => onAll((space) => writeAll(space).catch((reason) => onFailure(space.netns, reason)));

  return {
    begin() {
      mayWrite = true;
      return rewriteAll();
    },
    async end() {
      mayWrite = false;
      await Promise.allSettled(writing);
    },
    async install(key, netns, address) {
      const space: Space = { netns, address, applied: new Map() };
      await writeAll(space);
      spaces.set(key, space);
      // what changed while the rules were being written
      await change(space, byName(wanted));
    },
    remove: (key) => void spaces.delete(key),
    async narrow(ready) {
      const kept = byName(ready);
      wanted = wanted.filter((port) => kept.has(nameOf(port)));
      await onAll((space) => change(space, new Map([...space.applied].filter(([name]) => kept.has(name)))));
    },
    async widen(ready) {
      wanted = ready;
      await onAll((space) => change(space, byName(ready)));
    },
    async setEgress(allowed) {
      if (allowed === egressAllowed) return;
      egressAllowed = allowed;
      await rewriteAll();
    },
  };
}

function byName(ready: readonly ReadyPort[]): ReadonlyMap<string, ReadyPort> {
  return new Map(ready.map((port) => [nameOf(port), port]));
}

function nameOf({ address, port }: ReadyPort): string {
  return `${address.v4}:${port}`;
}

async function inParallel<Item>(items: Item[], step: (item: Item) => Promise<void>): Promise<void> {
  const lane = async () => {
    for (let item = items.pop(); item !== undefined; item = items.pop()) await step(item);
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
}
