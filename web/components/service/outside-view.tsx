// The outside, as the mesh sees it: all that calls in by published ports, or one name out there that is called.
// It has no workload that we could know of.
import { requestsCommand } from "../../data/commands.ts";
import { CALLERS } from "../../data/names.ts";
import { seriesQuestion } from "../../data/questions.ts";
import { useMesh } from "../../data/use-mesh.tsx";
import type { View } from "../../data/view.ts";
import { type Go, Neighbours } from "./neighbours.tsx";
import { Reasons } from "./reasons.tsx";
import { Routes } from "./routes.tsx";
import { Signals } from "./signals.tsx";

export function OutsideView({ view, name, go }: { readonly view: View; readonly name: string; readonly go: Go }) {
  const { project } = useMesh();
  const { range } = view;
  const of = name === CALLERS ? { source: name } : { destination: name };
  return (
    <>
      <p className="quiet">
        {name === CALLERS
          ? "Whoever calls in from outside of the mesh, by a published port."
          : "No service of this mesh: a name outside of it, as those saw it who called it."}
      </p>
      <Reasons service={name} />
      <Signals
        view={view}
        service={name === CALLERS ? undefined : name}
        question={seriesQuestion(view, of)}
        command={requestsCommand(project, { range, filters: of })}
      />
      {name !== CALLERS && <Routes view={view} service={name} />}
      <Neighbours view={view} service={name} sides={name === CALLERS ? ["callees"] : ["callers"]} go={go} />
    </>
  );
}
