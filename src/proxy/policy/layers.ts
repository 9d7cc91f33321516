// The layers that a policy needs, and no others: a request pays for what its policy uses.

import type { TrafficPolicy } from "../../model/traffic-policy.ts";
import { balance } from "../balance/balance.ts";
import { breaker } from "../filter/breaker/breaker.ts";
import { limited } from "../filter/deadline/deadline.ts";
import { fault } from "../filter/fault/fault.ts";
import { hedge } from "../filter/hedge/hedge.ts";
import { outlier } from "../filter/outlier/outlier.ts";
import { rateLimit } from "../filter/rate-limit/rate-limit.ts";
import { retry } from "../filter/retry/retry.ts";
import { shed } from "../filter/shed/shed.ts";
import { stack } from "../layer.ts";
import { pool } from "../pool/layer.ts";
import { send } from "../send/send.ts";
import { splice } from "../send/splice.ts";
import type { Core, Layer, Link, ServiceState } from "../shapes.ts";
import { fresh } from "../upstream/fresh.ts";

/** What stands before all else that is done for a request: it may be refused, or treated badly on purpose. */
export function guards(core: Core, policy: TrafficPolicy, service: ServiceState): Layer[] {
  return [
    // a limit counts what was asked, also what a fault then spoils
    ...policy.rateLimits.map((limit) => rateLimit(core, limit, service)),
    ...(policy.concurrency.isOn ? [shed(core, policy.concurrency, service)] : []),
    // inside: a delay that is injected takes a place as a slow service would
    ...(policy.faults.length > 0 ? [fault(core, policy.faults)] : []),
  ];
}

/** From the choice of a service to its answer. */
export function delivery(core: Core, policy: TrafficPolicy, service: ServiceState): Layer[] {
  const { timeouts, retries } = policy;
  const once = (): Layer[] => [
    ...attempt(core, policy, service),
    pool(core, service, timeouts.connectMs), // a kept connection or a fresh one; mends the one failure that keeping causes
    send(core, timeouts), // head and body go, the answer comes, both as streams
  ];
  const { hedgeAfterMs = 0 } = retries;
  const second = (outer: Link) => stack(outer, ...once());
  return [
    ...(timeouts.requestMs > 0 ? [limited(core, timeouts.requestMs)] : []), // of all tries together
    ...(isRetried(policy) ? [retry(core, retries, service)] : []),
    ...(hedgeAfterMs > 0 ? [hedge(core, hedgeAfterMs, retries, service, second)] : []), // inside: both are one try
    ...once(),
  ];
}

/** The same for an opaque connection. */
export function opaqueDelivery(core: Core, policy: TrafficPolicy, service: ServiceState): Layer[] {
  const { timeouts, retries } = policy;
  return [
    ...(isRetried(policy) ? [retry(core, retries, service)] : []),
    ...attempt(core, policy, service),
    fresh(core, service, timeouts.connectMs), // nothing is known of the protocol, so nothing is shared
    splice(timeouts),
  ];
}

function attempt(core: Core, policy: TrafficPolicy, service: ServiceState): Layer[] {
  const { circuitBreaking, outlierEjection } = policy;
  return [
    ...(circuitBreaking.maxRequests > 0 ? [breaker(core, circuitBreaking, service)] : []), // each try is a request
    balance(core, policy), // each try goes to another endpoint
    ...(outlierEjection.isOn ? [outlier(core, outlierEjection)] : []), // inside: it is told of each try's endpoint
  ];
}

function isRetried({ retries: { attempts, on, codes, perTryMs } }: TrafficPolicy): boolean {
  return (attempts > 0 && on.length + codes.length > 0) || perTryMs > 0;
}
