// RequestMirror: a copy of some requests goes to another service, whose answer nobody waits for.
//
// The copy has a caller of its own, made of nothing but the bytes that it is fed: so it goes the whole way that requests
// go, with its own connection, limits and record, and can neither slow the real one nor fail it.
import { MeshError } from "../../../base/errors/index.ts";
import { beginBody } from "../../body.ts";
import { renew } from "../../exchange.ts";
import { LIMITS } from "../../limits.ts";
import { giveUp } from "../../send/give-up.ts";
import { requesting } from "../../send/requesting.ts";
import type { Core, Downstream, Exchange, Layer, Link } from "../../shapes.ts";
import { copyTrace } from "../record/trace.ts";
import { mirrorCaller } from "./caller.ts";

/** @param way leads to the service that gets the copies, and comes out at `core.mirror` @param share of requests, 0…1 */
export function mirror(core: Core, way: Link, share: number): Layer {
  return (inner, outer) => ({
    run(x) {
      if (isCopied(core, x, share)) begin(core, x, way);
      inner.run(x);
    },
    settle(x) {
      if (x.mirrors && !x.request.isDone) abandon(x.mirrors);
      outer.settle(x);
    },
  });
}

function isCopied(core: Core, { head }: Exchange, share: number): boolean {
  // what follows an upgrade is no request
  if (!head || head.upgrade !== undefined || head.method === "CONNECT") return false;
  if (share < 1 && core.deps.random.unit() >= share) return false;
  return core.mirroring < LIMITS.mirrors;
}

function begin(core: Core, x: Exchange, way: Link): void {
  const { head } = x;
  if (!head) return;
  const caller = mirrorCaller(x.downstream);
  const copy = caller.exchange;
  renew(copy, core.mirror, x.startUs, x.startMs);
  copy.isMirror = true;
  copy.head = head;
  copy.headMs = x.headMs;
  copy.routedMs = core.nowMs;
  copy.rule = x.rule;
  copy.sentTarget = x.sentTarget;
  copy.sentAuthority = x.sentAuthority;
  copy.sentLines = x.sentLines;
  copyTrace(x.trace, copy.trace, core.deps.random);
  beginBody(copy.request, head.framing, head.framing.kind === "chunked");
  beginBody(copy.answer, { kind: "none" }, false);
  caller.stage = requesting;
  core.roster.add(caller);
  core.mirroring++;
  if (!copy.request.isDone) {
    x.mirrors ??= [];
    x.mirrors.push(caller);
  }
  copy.way = way;
  way.run(copy);
}

function abandon(mirrors: readonly Downstream[]): void {
  for (const { exchange } of mirrors) {
    giveUp(exchange, new MeshError("client_gone", "the request that this is a copy of ended in its middle"));
  }
}
