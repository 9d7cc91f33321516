// How well one service is: its state, and what is wrong with it in sentences.
import type { HealthState } from "../../../src/api/types.ts";
import { CALLERS, isNamed } from "../../data/names.ts";
import { useMesh } from "../../data/use-mesh.tsx";
import { Prose } from "../prose.tsx";
import { STATE_WORDS } from "../state-mark.tsx";

type ServiceState = { readonly state: HealthState; readonly reasons: readonly string[] };

/** Health tells those that are not good; who is not among them is. Of those who call in there is nothing to judge. */
export function useServiceState(service: string): ServiceState | undefined {
  const { health } = useMesh();
  if (!health || service === CALLERS) return undefined;
  const row = health.rows.find((one) => isNamed(service, one.service, one.namespace));
  if (row) return row;
  return { state: health.health.state === "unknown" ? "unknown" : "good", reasons: [] };
}

/** What is wrong with it; nothing when all is well. */
export function Reasons({ service }: { readonly service: string }) {
  const found = useServiceState(service);
  if (!found || found.reasons.length === 0) return null;
  return (
    <div className={`notice is-${found.state}`}>
      <p>
        <strong className="for-readers">{STATE_WORDS[found.state]}: </strong>
        <Prose text={found.reasons.join(" ")} />
      </p>
    </div>
  );
}
