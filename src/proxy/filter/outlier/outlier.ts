// Takes endpoints out that fail: at once after so many failures in a row, and where that is asked for when they do worse
// than their peers (compare.ts). The counts and verdicts stand in the page, so that all workers count together and all
// act at once; each worker can decide, so that nobody has to be alive for it but whoever saw the failure.
import type { OutlierEjection } from "../../../model/traffic-policy.ts";
import { isFailure } from "../../balance/balance.ts";
import { slotOf } from "../../policy/service.ts";
import type { Backend, Core, Exchange, Layer } from "../../shapes.ts";
import { hostMs } from "../../time.ts";
import { eject, ejectAgain } from "./eject.ts";

export function outlier(core: Core, policy: OutlierEjection): Layer {
  const { verdicts, statistics } = core.deps.page;
  const isCompared = policy.successRateDeviations > 0 || policy.latencyFactor > 0;

  const failed = (x: Exchange, backend: Backend) => {
    const slot = slotOf(core, backend);
    if (isCompared) statistics.failure(slot);
    const inARow = verdicts.failed(slot);
    if (x.isProbe) ejectAgain(core, policy, backend);
    else if (inARow >= policy.consecutiveFailures && x.destination) {
      eject(core, policy, x.destination, backend, `${inARow} failures in a row`);
    }
  };

  const succeeded = (x: Exchange, backend: Backend) => {
    const slot = slotOf(core, backend);
    if (isCompared && x.firstByteMs >= 0) statistics.success(slot, x.firstByteMs - x.tryMs);
    verdicts.succeeded(slot);
    if (!x.isProbe) return;
    verdicts.readmit(slot, hostMs(core));
    core.deps.page.changed();
    core.deps.readmitted?.(backend.workload, `port ${backend.port}: a request that tried it went well`);
  };

  return (_, outer) => ({
    settle(x) {
      const { backend } = x;
      // whoever went away, and what we refused ourselves, is no verdict on the endpoint
      if (backend && backend.slot >= 0 && (x.error === undefined || x.error.side === "upstream")) {
        if (isFailure(x)) failed(x, backend);
        else succeeded(x, backend);
      }
      x.isProbe = false;
      outer.settle(x);
    },
  });
}
