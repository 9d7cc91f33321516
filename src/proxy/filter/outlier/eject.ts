// Ejects an endpoint, unless too many of its peers are out already. Several workers may want to eject at once: each looks
// again afterwards, and who made it too many takes his back.
import type { OutlierEjection } from "../../../model/traffic-policy.ts";
import { slotOf } from "../../policy/service.ts";
import type { Backend, Core, Destination } from "../../shapes.ts";
import { hostMs } from "../../time.ts";

export function eject(
  core: Core,
  policy: OutlierEjection,
  among: Destination,
  backend: Backend,
  reason: string,
): boolean {
  const { page } = core.deps;
  const slot = slotOf(core, backend);
  const most = Math.min(Math.floor(policy.maxShare * among.backends.length), among.backends.length - 1);
  if (slot < 0 || page.verdicts.isEjected(slot) || ejected(core, among) >= most) return false;
  const now = hostMs(core);
  if (!page.verdicts.eject(slot, now, policy.ejectionMs, policy.maxEjectionMs)) return false;
  if (ejected(core, among) > most) {
    page.verdicts.readmit(slot, now);
    return false;
  }
  page.changed();
  tell(core, backend, slot, reason);
  return true;
}

/** The one request that decides whether it comes back has failed: out once more, and for longer. */
export function ejectAgain(core: Core, { ejectionMs, maxEjectionMs }: OutlierEjection, backend: Backend): void {
  const { page } = core.deps;
  const slot = slotOf(core, backend);
  if (!page.verdicts.eject(slot, hostMs(core), ejectionMs, maxEjectionMs)) return;
  page.changed();
  tell(core, backend, slot, "it failed when it was tried again");
}

function tell(core: Core, { workload, port }: Backend, slot: number, reason: string): void {
  const forMs = core.deps.page.verdicts.ejectedFor(slot, hostMs(core));
  core.deps.ejected?.(workload, `port ${port}: ${reason}; out for ${forMs / 1000} s`);
}

function ejected(core: Core, { backends }: Destination): number {
  let count = 0;
  for (const backend of backends) {
    const slot = slotOf(core, backend);
    if (slot >= 0 && core.deps.page.verdicts.isEjected(slot)) count++;
  }
  return count;
}
