// A network that a caller really crosses to a published port: a namespace of its own behind a pair of virtual interfaces.

import { ALL_CORES, runPinned } from "../support/children.ts";

export type Leg = {
  /** of this host, where ports are published */
  readonly address: string;
  /** what comes before a command that is to run at the other end */
  readonly inside: readonly string[];
  lose(percent: number): Promise<void>;
  narrow(mbit: number): Promise<void>;
  /** as it was */
  clear(): Promise<void>;
  remove(): Promise<void>;
};

/** @param index unlike that of other legs; below 60 */
export async function openLeg(index: number): Promise<Leg> {
  const name = `mw-bench-${process.pid}-${index}`;
  const [near, far] = [`mwb${process.pid % 1e6}a${index}`, `mwb${process.pid % 1e6}b${index}`];
  // of the range for tests of networks (RFC 2544)
  const [address, other] = [`198.18.77.${4 * index + 1}`, `198.18.77.${4 * index + 2}`];
  const run = (line: string) => runPinned(ALL_CORES, line.split(" "));
  await run(`ip netns add ${name}`);
  await run(`ip link add ${near} type veth peer name ${far} netns ${name}`);
  await run(`ip addr add ${address}/30 dev ${near}`);
  // each packet by itself, as on a cable: what is lost is one, not the fifty that the kernel puts together
  await run(`ip link set ${near} gso_max_segs 1 gso_max_size 1500 up`);
  await run(`ip -n ${name} addr add ${other}/30 dev ${far}`);
  await run(`ip -n ${name} link set ${far} up`);
  const inside = ["ip", "netns", "exec", name];
  const nft = (rules: string) => runPinned(ALL_CORES, [...inside, "nft", rules]);
  await nft("add table ip bench; add chain ip bench in { type filter hook input priority 0; }");
  return {
    address,
    inside,
    async lose(percent) {
      await nft(`add rule ip bench in ip protocol tcp numgen random mod 1000 < ${10 * percent} drop`);
    },
    async narrow(mbit) {
      await run(`tc qdisc add dev ${near} root tbf rate ${mbit}mbit burst 32k latency 20ms`);
    },
    async clear() {
      await nft("flush chain ip bench in");
      await run(`tc qdisc del dev ${near} root`).catch(() => {}); // it has none
    },
    async remove() {
      await run(`ip link del ${near}`);
      await run(`ip netns del ${name}`);
    },
  };
}
