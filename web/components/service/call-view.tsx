// One call, from one service to another: its golden signals as the caller saw them.
import type { Answer, EdgeRow } from "../../../src/api/types.ts";
import { callCommand } from "../../data/commands.ts";
import { isNamed } from "../../data/names.ts";
import { edgesQuestion, seriesQuestion } from "../../data/questions.ts";
import { useAnswer } from "../../data/use-answer.tsx";
import { useMesh } from "../../data/use-mesh.tsx";
import type { Call, View } from "../../data/view.ts";
import { Changes, useChanges } from "./changes.tsx";
import { Headline } from "./headline.tsx";
import type { Go } from "./neighbours.tsx";
import { Signals } from "./signals.tsx";

export function CallView({ view, call, go }: { readonly view: View; readonly call: Call; readonly go: Go }) {
  const { project } = useMesh();
  const isLive = view.range.kind === "live";
  const changes = useChanges(view, call.destination);
  const { answer } = useAnswer<Answer<EdgeRow>>(edgesQuestion(view, call.source), isLive);
  const row = answer?.rows.find(
    (one) =>
      isNamed(call.source, one.source, one.sourceNamespace) &&
      isNamed(call.destination, one.destination, one.destinationNamespace),
  );
  return (
    <>
      <p className="call-ends">
        <button type="button" className="link" onClick={() => go.toService(call.source)}>
          {call.source}
        </button>
        {" calls "}
        <button type="button" className="link" onClick={() => go.toService(call.destination)}>
          {call.destination}
        </button>
        {row && <span className="quiet">{` on port ${row.port} by ${row.protocol}`}</span>}
      </p>
      <Headline signals={row} />
      <Signals
        view={view}
        service={call.destination}
        source={call.source}
        question={seriesQuestion(view, call)}
        command={callCommand(project, view.range, call)}
        changes={changes}
      />
      <Changes view={view} service={call.destination} />
    </>
  );
}
