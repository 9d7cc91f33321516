// One sentence on every page: how the mesh is. It leads to why.
import { Link } from "wouter";
import { healthCommand } from "../../data/commands.ts";
import { healthQuestion } from "../../data/questions.ts";
import { useMesh } from "../../data/use-mesh.tsx";
import { placeHref, useView } from "../../data/use-view.ts";
import { Prose } from "../prose.tsx";
import { SameAs } from "../same-as.tsx";
import { StateMark } from "../state-mark.tsx";

export function HealthLine() {
  const { health, project } = useMesh();
  const [view] = useView();
  if (!health) return <p className="health-line is-awaited">Asking how the mesh is…</p>;
  const { state, sentence } = health.health;
  const worst = health.rows[0];
  return (
    <div className={`health-line is-${state}`}>
      <StateMark state={state} />
      <p>
        {worst ? (
          <Link href={placeHref("/why", view, { service: worst.service })}>
            <Prose text={sentence} />
          </Link>
        ) : (
          <Prose text={sentence} />
        )}
      </p>
      <SameAs what="Health" command={healthCommand(project)} question={healthQuestion(view)} />
    </div>
  );
}
