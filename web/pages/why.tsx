// The Why place. The analysis is not there yet, and it says so; what is known of the trouble today stands here all the same.
import { Link } from "wouter";
import { Empty } from "../components/problem.tsx";
import { Prose } from "../components/prose.tsx";
import { Section } from "../components/service/section.tsx";
import { StateMark } from "../components/state-mark.tsx";
import { healthCommand, meshwise } from "../data/commands.ts";
import { isNamed } from "../data/names.ts";
import { healthQuestion } from "../data/questions.ts";
import { useMesh } from "../data/use-mesh.tsx";
import { placeHref, servicePath, useView } from "../data/use-view.ts";

export function WhyPage() {
  const [view] = useView();
  const { health, project } = useMesh();
  const { service } = view;
  const rows = (health?.rows ?? []).filter(
    (row) => service === undefined || isNamed(service, row.service, row.namespace),
  );
  return (
    <div className="simple-page">
      <header className="page-head">
        <h1>{service && rows.length > 0 ? `Why is ${service} not well?` : "Why"}</h1>
      </header>
      {rows.length > 0 && (
        <Section
          title="What is seen"
          sameAs={{ what: "Health", command: healthCommand(project), question: healthQuestion(view) }}
        >
          <ul className="findings">
            {rows.map((row) => (
              <li key={`${row.namespace}/${row.service}`}>
                <StateMark state={row.state} />
                <div>
                  <Link className="link" href={placeHref(servicePath(row.service), view)}>
                    {row.service}
                  </Link>
                  <p>
                    <Prose text={row.reasons.join(" ")} />
                  </p>
                </div>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Empty
        icon="why"
        title="The reason will stand here"
        command={meshwise(project, "tap", "-f", ...(service ? [service] : []), "--status", "5xx")}
      >
        <p>
          One sentence that says why {service ?? "a service"} is slow or fails, the evidence for it, slow requests
          beside normal ones, how sure that is, and what to do next. Meshwise cannot tell yet. Until then, look at the
          requests that failed, or with <code>--slower-than 1s</code> at those that were slow:
        </p>
      </Empty>
    </div>
  );
}
