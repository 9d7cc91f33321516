// Ends an exchange that cannot be completed, from whatever state it is in.
import type { MeshError } from "../../base/errors/index.ts";
import type { Exchange } from "../shapes.ts";
import { loseInterest } from "../upstream/fresh.ts";
import { dropUpstream } from "../upstream/upstream.ts";

/** The layers may mend it (try again), else they answer or cut. */
export function giveUp(x: Exchange, error: MeshError): void {
  // it may be ending already, and what ends it may close a connection
  if (x.isSettled || x.error) return;
  loseInterest(x);
  if (x.upstream && x.upstream.exchange === x) dropUpstream(x.upstream);
  x.error = error;
  x.way.settle(x);
}
