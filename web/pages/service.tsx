// The Service place: all of one service, with its requests. Without a name: which services there are.
import { Link, useLocation } from "wouter";
import type { Answer, StatRow } from "../../src/api/types.ts";
import { Icon } from "../components/icon.tsx";
import { Empty, Problem } from "../components/problem.tsx";
import { Requests } from "../components/requests/requests.tsx";
import type { Go } from "../components/service/neighbours.tsx";
import { useServiceState } from "../components/service/reasons.tsx";
import { Section } from "../components/service/section.tsx";
import { ServiceView } from "../components/service/service-view.tsx";
import { DurationCell, ErrorCell, RateCell } from "../components/signal-cells.tsx";
import { SortableTable } from "../components/sortable-table.tsx";
import { StateMark } from "../components/state-mark.tsx";
import { meshwise } from "../data/commands.ts";
import { failed } from "../data/format.ts";
import { namerOf } from "../data/names.ts";
import { servicesQuestion } from "../data/questions.ts";
import { useAnswer } from "../data/use-answer.tsx";
import { useMesh } from "../data/use-mesh.tsx";
import { placeHref, servicePath, useView } from "../data/use-view.ts";
import { windowOf } from "../data/view.ts";

export function ServicePage({ service }: { readonly service: string }) {
  const [view] = useView();
  const [, navigate] = useLocation();
  const found = useServiceState(service);
  const go: Go = {
    toService: (name) => navigate(placeHref(servicePath(name), view)),
    toCall: (call) => navigate(placeHref("/map", view, { call })),
  };
  return (
    <div className="service-page">
      <header className="page-head">
        {found && <StateMark state={found.state} />}
        <h1>{service}</h1>
        <Link
          className="button is-small"
          href={placeHref("/map", view, { service, focus: { service, up: 1, down: 1 } })}
        >
          <Icon name="target" size={14} /> On the map
        </Link>
      </header>
      <div className="service-columns">
        <ServiceView key={service} view={view} service={service} go={go} />
      </div>
      <Requests key={`requests of ${service}`} service={service} />
    </div>
  );
}

export function ServicesPage() {
  const [view] = useView();
  const { project } = useMesh();
  const question = servicesQuestion(view);
  const { answer, problem } = useAnswer<Answer<StatRow>>(question, view.range.kind === "live");
  if (problem) return <Problem problem={problem} />;
  if (answer?.rows.length === 0) {
    return <Empty icon="service" title="No service is known yet" command={meshwise(project, "up")} />;
  }
  const nameOf = namerOf(answer?.rows ?? []);
  const command = meshwise(
    project,
    "stat",
    ...Object.entries(windowOf(view.range)).flatMap(([name, value]) => [`--${name}`, value]),
  );
  return (
    <div className="simple-page">
      <header className="page-head">
        <h1>Services</h1>
      </header>
      <Section title="Choose one" count={answer?.rows.length} sameAs={{ what: "Services", command, question }}>
        <SortableTable
          caption="Services"
          rows={answer?.rows ?? []}
          keyOf={({ namespace, service }) => `${namespace}/${service}`}
          first={{ column: 1, isDescending: true }}
          columns={[
            {
              title: "Service",
              value: ({ service, namespace }) => nameOf(service, namespace),
              cell: ({ service, namespace }) => (
                <Link className="link" href={placeHref(servicePath(nameOf(service, namespace)), view)}>
                  {nameOf(service, namespace)}
                </Link>
              ),
            },
            {
              title: "Rate",
              isNumber: true,
              value: (row) => row.rps,
              cell: (row) => <RateCell key="rate" value={row.rps} />,
            },
            {
              title: "Errors",
              isNumber: true,
              value: (row) => failed(row) ?? -1,
              cell: (row) => <ErrorCell key="errors" of={row} />,
            },
            {
              title: "p99",
              isNumber: true,
              value: (row) => row.p99 ?? -1,
              cell: (row) => <DurationCell key="p99" ms={row.p99} />,
            },
          ]}
        />
      </Section>
    </div>
  );
}
