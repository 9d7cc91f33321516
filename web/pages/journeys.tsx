// The Journeys place, which does not exist yet and says what it will be.
import { Empty } from "../components/problem.tsx";
import { meshwise } from "../data/commands.ts";
import { useMesh } from "../data/use-mesh.tsx";

export function JourneysPage() {
  const { project } = useMesh();
  return (
    <div className="simple-page">
      <header className="page-head">
        <h1>Journeys</h1>
      </header>
      <Empty
        icon="journeys"
        title="The ways of your visitors will stand here"
        command={meshwise(project, "tap", "-f", "--source", "outside")}
      >
        <p>
          The steps that visitors take through your services, where they are lost, how long each step takes them, and
          the technical cause of each loss when there is one. Meshwise cannot tell yet. Until then, see what comes in
          from outside:
        </p>
      </Empty>
    </div>
  );
}
