// Gives each try an endpoint, and learns from how it went. Who tries again stands outside, in filter/retry.
import { MeshError } from "../../base/errors/index.ts";
import type { TrafficPolicy } from "../../model/traffic-policy.ts";
import { fail } from "../layer.ts";
import { readyPorts } from "../route/table.ts";
import type { Core, Destination, Exchange, Layer } from "../shapes.ts";
import { choose, chooserOf } from "./chooser.ts";
import { observe, observeFailure } from "./load.ts";
import { ask as newAsk } from "./picker.ts";

export function balance(core: Core, policy: Pick<TrafficPolicy, "loadBalancing" | "health">): Layer {
  const ask = newAsk(core.deps.random);
  return (inner, outer) => ({
    run(x) {
      const { destination } = x;
      if (!destination) return fail(outer, x, new MeshError("no_endpoint", "nowhere to go"));
      ask.first = undefined;
      ask.second = undefined;
      const backend = choose(core, chooserOf(destination, policy), destination, x, ask);
      x.pinned = undefined;
      x.backend = backend;
      if (!backend) return fail(outer, x, new MeshError("no_endpoint", nobodyThere(core, destination)));
      x.drawnFirst = ask.first;
      x.drawnSecond = ask.second;
      x.tryMs = core.nowMs;
      x.isPicked = true;
      backend.load.outstanding++;
      inner.run(x);
    },
    settle(x) {
      if (x.isPicked) learn(core, x);
      outer.settle(x);
    },
  });
}

function learn(core: Core, x: Exchange): void {
  x.isPicked = false;
  if (!x.backend) return;
  const { load } = x.backend;
  load.outstanding--;
  const elapsed = core.nowMs - x.tryMs;
  const answeredMs = x.isOpaque ? x.connectedMs : x.firstByteMs;
  if (isFailure(x)) observeFailure(load, elapsed, core.nowMs);
  else if (answeredMs >= 0) observe(load, answeredMs - x.tryMs, core.nowMs);
  // who went away before there was an answer tells that it had taken so long already
  else if (elapsed > load.costMs) observe(load, elapsed, core.nowMs);
}

/** Did the endpoint fail this try? Not when the client went away, nor when we refused. */
export function isFailure(x: Exchange): boolean {
  return x.error === undefined ? x.status >= 500 : x.error.side === "upstream";
}

function nobodyThere(core: Core, { name, port, backends }: Destination): string {
  if (backends.length > 0) return `${name} port ${port}: all ${backends.length} are ejected or unhealthy`;
  const ports = readyPorts(core.table, name);
  return ports.length === 0 ? `${name} port ${port}` : `${name} port ${port} (it is ready on ${ports.join(", ")})`;
}
