// What the copies of a request are fed with.
import { MeshError } from "../../../base/errors/index.ts";
import { LIMITS } from "../../limits.ts";
import { giveUp } from "../../send/give-up.ts";
import type { Downstream } from "../../shapes.ts";

/** A piece of the request's body, as it came, goes to the copies too. */
export function feed(mirrors: readonly Downstream[], bytes: Buffer, from: number, to: number): void {
  for (const caller of mirrors) {
    if (caller.isClosed || caller.exchange.isSettled) continue;
    const waiting = (caller.unread?.length ?? 0) + (caller.exchange.upstream?.writer.pendingBytes ?? 0);
    if (waiting > LIMITS.bufferedBytes) giveUp(caller.exchange, new MeshError("mirror_behind", `by ${waiting} bytes`));
    // ours to keep: nobody changes what was received
    else caller.stage.data(caller, bytes.subarray(from, to));
  }
}
