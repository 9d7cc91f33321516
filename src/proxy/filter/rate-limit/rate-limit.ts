// So many requests in so much time, of one caller, of all, or of each value of a header; exact over all workers. One that
// is refused is told when to come again.

import { MeshError } from "../../../base/errors/index.ts";
import { mix } from "../../../model/page/slots.ts";
import type { RateLimit } from "../../../model/traffic-policy.ts";
import { fieldLine, fieldValue } from "../../../protocol/http1/lines.ts";
import type { FieldLines } from "../../../protocol/http1/types.ts";
import { hashOf } from "../../balance/hash.ts";
import { fail } from "../../layer.ts";
import { callerOf } from "../../listen/downstream.ts";
import type { Core, Exchange, Layer, ServiceState } from "../../shapes.ts";
import { hostMs } from "../../time.ts";

export function rateLimit(core: Core, limit: RateLimit, service: ServiceState): Layer {
  const { rates } = core.deps.page;
  const rate = { intervalMs: limit.perMs / limit.requests, burst: limit.burst + 1 };
  // another rate is another limit: what was counted at the old one would mean something else
  const id = mix(mix(service.key, hashOf(limit.name)), hashOf(`${limit.requests}/${limit.perMs}/${limit.burst}`));
  // draft-ietf-httpapi-ratelimit-headers-10: names are sf-strings
  const name = limit.name.replace(/[^\w./-]/g, "_");
  const policyLine = fieldLine(
    "RateLimit-Policy",
    `"${name}";q=${limit.requests};w=${Math.max(1, Math.ceil(limit.perMs / 1000))}`,
  );

  return (inner, outer) => ({
    run(x) {
      const verdict = rates.take(rates.keyOf(whose(x, limit.by), id), rate, hostMs(core));
      if (verdict?.isAllowed || (!verdict && limit.onTrouble === "pass")) return inner.run(x);
      const seconds = Math.max(1, Math.ceil((verdict?.waitMs ?? limit.perMs) / 1000));
      x.answerAdded = (x.answerAdded +
        fieldLine("Retry-After", String(seconds)) +
        policyLine +
        fieldLine("RateLimit", `"${name}";r=0;t=${seconds}`)) as FieldLines;
      const what = verdict ? `${limit.requests} in ${limit.perMs} ms` : "more callers than can be told apart";
      fail(outer, x, new MeshError("rate_limited", `${limit.name}: ${what}`));
    },
  });
}

/** One that has no such header counts with all the others that have none. */
function whose(x: Exchange, by: RateLimit["by"]): string {
  switch (by.type) {
    case "all":
      return "";
    case "caller":
      // who comes in from outside is known by his address
      return x.downstream.source === 0 ? x.downstream.socket.remoteAddress : `#${serviceOf(x)}`;
    case "header":
      return x.head?.lines === undefined ? "" : (fieldValue(x.head.lines, by.name) ?? "");
  }
}

/** All workloads of one service are one caller: a limit must not grow because the caller was scaled up. */
function serviceOf({ downstream }: Exchange): string {
  return callerOf(downstream)?.service ?? String(downstream.source);
}
