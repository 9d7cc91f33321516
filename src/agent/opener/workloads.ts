// The workloads that the opener may enter, as the supervisor told it. Each namespace is held open by a descriptor: a path
// could come to mean another one.
import type { SupervisorToOpener } from "../../model/messages.ts";
import type { AddressPair } from "../../model/workload.ts";
import { closeFd } from "../../sys/libc.ts";
import { openNetns } from "../../sys/netns.ts";

export type KnownWorkload = {
  readonly netns: number;
  readonly address: AddressPair;
  readonly v6OnlyPorts: ReadonlySet<number>;
};

export type KnownWorkloads = {
  tell(message: Extract<SupervisorToOpener, { type: "workload" }>): void;
  forget(key: number): void;
  get(key: number): KnownWorkload | undefined;
};

export function knownWorkloads(): KnownWorkloads {
  const known = new Map<number, KnownWorkload>();
  return {
    tell({ key, netns, address, v6OnlyPorts }) {
      const before = known.get(key);
      known.set(key, { netns: before?.netns ?? openNetns(netns), address, v6OnlyPorts: new Set(v6OnlyPorts) });
    },
    forget(key) {
      const before = known.get(key);
      if (before) closeFd(before.netns);
      known.delete(key);
    },
    get: (key) => known.get(key),
  };
}
