// Whether packets are lost on the way to a service. A handshake is the kernels' alone: when it takes the time after which TCP
// sends its first packet again (RFC 6298: 1 s, then twice that), a packet was lost, however busy the service may be.
import type { SeenExchange } from "../../model/figures.ts";

export type Handshakes = { readonly before: number; readonly during: number };

/** ms after which the first packet is sent for the second, third, fourth time */
const SENT_AGAIN_MS = [1_000, 3_000, 7_000];
/** the rest of the handshake, and the kernel's tick */
const LATE_MS = 150;
const FEWEST = 2;
const SHARE = 0.05;

/** Of the new connections, the share whose handshake was repeated; undefined: no more than before, or hardly any. */
export function lostHandshakes(
  before: readonly SeenExchange[],
  during: readonly SeenExchange[],
): Handshakes | undefined {
  const [usual, now] = [before.flatMap(connectMs), during.flatMap(connectMs)];
  const share = (all: readonly number[]) => all.filter(isRepeated).length / Math.max(1, all.length);
  const shares = { before: share(usual), during: share(now) };
  const isMore = shares.during >= SHARE && shares.during >= 2 * shares.before;
  return isMore && now.filter(isRepeated).length >= FEWEST ? shares : undefined;
}

function connectMs({ phases: { pooled, connected } }: SeenExchange): number[] {
  return pooled === undefined || connected === undefined ? [] : [(connected - pooled) / 1000];
}

function isRepeated(ms: number): boolean {
  return SENT_AGAIN_MS.some((again) => ms >= again && ms < again + LATE_MS);
}
