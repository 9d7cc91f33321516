// The way between a visitor and the shop: how long bytes take on it. All connections of a visitor share it.
// What the shop itself sees of a slow reader is what a real one shows: short answers fit into the kernel's buffers and
// are gone at once, long ones fill them and the shop has to wait.
import type { Pace } from "../plan/devices.ts";

export type Link = {
  readonly rttMs: number;
  /** ms until bytes that the kernel has received would have arrived over this link */
  receiveMs(bytes: number): number;
  /** ms to push these bytes out */
  sendMs(bytes: number): number;
};

export function link({ rttMs, down, up }: Omit<Pace, "name">): Link {
  let busyUntilMs = 0;
  return {
    rttMs,
    receiveMs: (bytes) => {
      const now = performance.now();
      busyUntilMs = Math.max(busyUntilMs, now) + bytes / down;
      return busyUntilMs - now;
    },
    sendMs: (bytes) => bytes / up,
  };
}

/** What a data centre has. */
export const BACKBONE = { rttMs: 2, down: 125_000, up: 125_000 } as const;
