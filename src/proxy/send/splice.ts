// Joins an opaque connection with the one that was made for it. When nobody has said anything yet, whoever speaks first
// decides: a service that begins is no HTTP service, and the next caller of its port need not wait to find out.

import { MeshError } from "../../base/errors/index.ts";
import type { Timeouts } from "../../model/traffic-policy.ts";
import { resume } from "../connection.ts";
import type { Layer, Stage, Upstream } from "../shapes.ts";
import { forgetUpstream } from "../upstream/upstream.ts";
import { giveUp } from "./give-up.ts";
import { beginTunnel } from "./tunnel.ts";

export function splice({ idleMs }: Pick<Timeouts, "idleMs">): Layer {
  return () => ({
    run(x) {
      x.idleMs = idleMs;
      const { upstream: up } = x;
      if (!up) return;
      if (!x.isUndecided) return beginTunnel(x, up, undefined);
      up.exchange = x;
      up.stage = listening;
      x.downstream.deadline = Number.POSITIVE_INFINITY;
      resume(up);
    },
  });
}

/** A service that may speak first. The caller's side is `undecided`, see detect/. */
const listening: Stage<Upstream> = {
  name: "listening",
  data(up, bytes) {
    const x = up.exchange;
    if (!x) return;
    if (x.downstream.destination) x.downstream.destination.begins = "server";
    beginTunnel(x, up, bytes);
  },
  end(up) {
    const x = up.exchange;
    if (!x) return;
    beginTunnel(x, up, undefined);
    up.stage.end(up);
  },
  drain() {},
  close(up, error) {
    const x = up.exchange;
    forgetUpstream(up);
    if (x) giveUp(x, new MeshError("upstream_reset", error?.code ?? "closed"));
  },
  expire() {},
};
