// All of one service: golden signals, who calls it and whom it calls, its workloads. In the panel beside the map, and as a page.
import type { Answer, HealthState, StatRow } from "../../../src/api/types.ts";
import { seriesCommand } from "../../data/commands.ts";
import { isNamed } from "../../data/names.ts";
import { seriesQuestion, servicesQuestion } from "../../data/questions.ts";
import { useAnswer } from "../../data/use-answer.tsx";
import { useMesh } from "../../data/use-mesh.tsx";
import type { View } from "../../data/view.ts";
import { Prose } from "../prose.tsx";
import { STATE_WORDS } from "../state-mark.tsx";
import { Headline } from "./headline.tsx";
import { type Go, Neighbours } from "./neighbours.tsx";
import { Signals } from "./signals.tsx";
import { Workloads } from "./workloads.tsx";

export function ServiceView({ view, service, go }: { readonly view: View; readonly service: string; readonly go: Go }) {
  const { project } = useMesh();
  const isLive = view.range.kind === "live";
  const signals = useAnswer<Answer<StatRow>>(servicesQuestion(view, service), isLive).answer?.rows[0];
  return (
    <>
      <Reasons service={service} />
      <Headline signals={signals} />
      <Signals
        question={seriesQuestion(view, { service })}
        isLive={isLive}
        command={seriesCommand(project, view.range, service)}
      />
      <Neighbours view={view} service={service} go={go} />
      <Workloads view={view} service={service} />
    </>
  );
}

export type ServiceState = { readonly state: HealthState; readonly reasons: readonly string[] };

/** Health tells those that are not good; who is not among them is. */
export function useServiceState(service: string): ServiceState | undefined {
  const { health } = useMesh();
  if (!health) return undefined;
  const row = health.rows.find((one) => isNamed(service, one.service, one.namespace));
  if (row) return row;
  return { state: health.health.state === "unknown" ? "unknown" : "good", reasons: [] };
}

function Reasons({ service }: { readonly service: string }) {
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
