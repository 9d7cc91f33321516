// Load shedding: more requests at once than the service can bear (limiter.ts) are refused at once, instead of making all
// of them slow. Fair by caller (max-min): who has less than an equal share under way is always let in; who has more gets
// what the others leave. Since nothing under way is ended for it, there may be up to twice the limit for a moment.

import { MeshError } from "../../../base/errors/index.ts";
import type { ConcurrencyLimit } from "../../../model/traffic-policy.ts";
import { fieldLine } from "../../../protocol/http1/lines.ts";
import type { FieldLines } from "../../../protocol/http1/types.ts";
import { fail } from "../../layer.ts";
import type { Core, Layer, ServiceState } from "../../shapes.ts";
import { allowed, began, ended, limiter } from "./limiter.ts";

const INITIAL = 20;
const RETRY_AFTER = fieldLine("Retry-After", "1");

export function shed(core: Core, { min, max }: ConcurrencyLimit, service: ServiceState): Layer {
  service.limiter ??= limiter(Math.max(min, Math.min(max, INITIAL)), core.nowMs);
  const limit = service.limiter;
  const { callers } = service;
  return (inner, outer) => ({
    run(x) {
      const { source } = x.downstream;
      const own = callers.get(source) ?? 0;
      const most = allowed(limit, min);
      const share = Math.floor(most / (callers.size + (own === 0 ? 1 : 0)));
      if (limit.inFlight >= most && own >= share) {
        x.answerAdded = (x.answerAdded + RETRY_AFTER) as FieldLines;
        const text = `${service.name}: ${limit.inFlight} requests are under way, ${Math.floor(most)} are what it bears`;
        return fail(outer, x, new MeshError("overloaded", text));
      }
      callers.set(source, own + 1);
      x.admittedMs = core.nowMs;
      began(limit);
      inner.run(x);
    },
    settle(x) {
      if (x.admittedMs >= 0) {
        const { source } = x.downstream;
        const own = callers.get(source) ?? 1;
        if (own <= 1) callers.delete(source);
        else callers.set(source, own - 1);
        // only answers tell how long an answer takes; a fast failure is no sign of strength
        const isTelling = x.error === undefined && x.status < 500 && !x.isTunnel && x.firstByteMs >= 0;
        ended(limit, isTelling ? x.firstByteMs - x.admittedMs : undefined, core.nowMs, min, max);
        x.admittedMs = -1;
      }
      outer.settle(x);
    },
  });
}
