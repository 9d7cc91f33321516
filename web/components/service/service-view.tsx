// All of one service: golden signals, who calls it and whom it calls, its workloads. In the panel beside the map, and as a page.
import type { Answer, EdgeRow, StatRow } from "../../../src/api/types.ts";
import { seriesCommand } from "../../data/commands.ts";
import { CALLERS } from "../../data/names.ts";
import { edgesQuestion, seriesQuestion, servicesQuestion } from "../../data/questions.ts";
import { useAnswer } from "../../data/use-answer.tsx";
import { useMesh } from "../../data/use-mesh.tsx";
import type { View } from "../../data/view.ts";
import { TraceExamples } from "../trace/examples.tsx";
import { Changes, useChanges } from "./changes.tsx";
import { Headline } from "./headline.tsx";
import { Ledger } from "./ledger.tsx";
import { type Go, Neighbours } from "./neighbours.tsx";
import { OutsideView } from "./outside-view.tsx";
import { Reasons } from "./reasons.tsx";
import { Routes } from "./routes.tsx";
import { Signals } from "./signals.tsx";
import { Workloads } from "./workloads.tsx";

export function ServiceView({ view, service, go }: { readonly view: View; readonly service: string; readonly go: Go }) {
  const { project } = useMesh();
  const isLive = view.range.kind === "live";
  const stat = useAnswer<Answer<StatRow>>(servicesQuestion(view, service), isLive).answer;
  const calls = useAnswer<Answer<EdgeRow>>(edgesQuestion(view, service), isLive).answer?.rows ?? [];
  const changes = useChanges(view, service);
  // the outside has no namespace
  const isOutside = calls.some((row) => row.destination === service && row.destinationNamespace === "");
  if (service === CALLERS || isOutside) return <OutsideView view={view} name={service} go={go} />;
  return (
    <>
      <Reasons service={service} />
      <Headline signals={stat?.rows[0]} probes={stat?.probes ?? 0} />
      <Signals
        view={view}
        service={service}
        question={seriesQuestion(view, { service })}
        command={seriesCommand(project, view.range, service)}
        changes={changes}
      />
      <Changes view={view} service={service} />
      <Ledger view={view} service={service} />
      <Routes view={view} service={service} />
      <Neighbours view={view} service={service} go={go} />
      <TraceExamples view={view} service={service} />
      <Workloads view={view} service={service} />
    </>
  );
}
