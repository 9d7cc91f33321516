// Faults on purpose, for a share of the requests that match: a delay, an answer or a reset in the service's place, an answer
// that trickles. Marked in the span, so that nobody looks for their cause.
import { MeshError } from "../../../base/errors/index.ts";
import type { Fault } from "../../../model/traffic-policy.ts";
import { fieldValue } from "../../../protocol/http1/lines.ts";
import { hold } from "../../hold.ts";
import { fail } from "../../layer.ts";
import type { Core, Exchange, Layer } from "../../shapes.ts";

export function fault(core: Core, faults: readonly Fault[]): Layer {
  const { random } = core.deps;
  return (inner, outer) => {
    const go = (x: Exchange, { name, abort, bandwidth }: Fault) => {
      // the client sees what it would see of a service that crashed
      if (abort === "reset") return fail(outer, x, new MeshError("fault_reset", name));
      if (abort > 0) {
        x.answerStatus = abort;
        return fail(outer, x, new MeshError("fault_injected", `${name}: ${abort}`));
      }
      x.bandwidth = bandwidth;
      inner.run(x);
    };

    return {
      run(x) {
        // drawn for each one, so that their shares do not depend on each other
        const one = faults.find((fault) => matches(fault, x) && random.unit() < fault.share);
        if (!one) return inner.run(x);
        x.isInjected = true;
        if (one.delayMs <= 0) return go(x, one);
        hold(core, x, outer, one.delayMs, () => go(x, one));
      },
    };
  };
}

function matches({ match }: Fault, { head }: Exchange): boolean {
  if (!head) return false;
  if (!match) return true;
  const { path, method, header } = match;
  if (method !== undefined && head.method !== method) return false;
  if (path !== undefined && head.path !== path && !head.path.startsWith(path.endsWith("/") ? path : `${path}/`)) {
    return false;
  }
  return (
    header === undefined ||
    (head.lines !== undefined && fieldValue(head.lines, header.name.toLowerCase()) === header.value)
  );
}
