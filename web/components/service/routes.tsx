// What is asked of a service, by route. Pressing a route shows the requests of that one alone, and the address says so.
import { useState } from "react";
import { Link } from "wouter";
import type { Answer, RouteRow } from "../../../src/api/types.ts";
import { routesCommand } from "../../data/commands.ts";
import { failed } from "../../data/format.ts";
import { routesQuestion } from "../../data/questions.ts";
import { useAnswer } from "../../data/use-answer.tsx";
import { whyHref } from "../../data/use-ask-why.ts";
import { useMesh } from "../../data/use-mesh.tsx";
import { useView } from "../../data/use-view.ts";
import type { View } from "../../data/view.ts";
import { DurationCell, ErrorCell, RateCell } from "../signal-cells.tsx";
import { SortableTable } from "../sortable-table.tsx";
import { Section } from "./section.tsx";

/** a service may have 200 */
const SHOWN = 10;

export function Routes({ view, service }: { readonly view: View; readonly service: string }) {
  const { project } = useMesh();
  const [{ filters }, change] = useView();
  const [areAll, setAll] = useState(false);
  const question = routesQuestion(view, service);
  const rows = useAnswer<Answer<RouteRow>>(question, view.range.kind === "live").answer?.rows;
  if (rows?.length === 0) return null; // it speaks nothing that has routes
  const toggle = (route: string) => {
    const { route: chosen, destination: _, ...others } = filters;
    change({ filters: chosen === route ? others : { ...others, destination: nameOf(service), route } });
  };
  const shown = areAll ? rows : rows?.filter(({ route }, index) => index < SHOWN || route === filters.route);
  const same = { what: "Routes", command: routesCommand(project, view.range, service), question };
  return (
    <Section title="Routes" count={rows?.length} sameAs={same}>
      {!shown && <p className="quiet">…</p>}
      {shown && (
        <SortableTable
          caption="Routes"
          rows={shown}
          keyOf={({ namespace, route }) => `${namespace} ${route}`}
          isSelected={({ route }) => route === filters.route}
          first={{ column: 1, isDescending: true }}
          columns={[
            {
              title: "Route",
              value: ({ route }) => route,
              cell: ({ route }) => (
                <button
                  type="button"
                  className="link mono route"
                  aria-pressed={route === filters.route}
                  title={route === filters.route ? "All requests again" : "Only requests of this route"}
                  onClick={() => toggle(route)}
                >
                  {route}
                </button>
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
              title: "p50",
              isNumber: true,
              value: (row) => row.p50 ?? -1,
              cell: (row) => <DurationCell key="p50" ms={row.p50} />,
            },
            {
              title: "p99",
              isNumber: true,
              value: (row) => row.p99 ?? -1,
              cell: (row) => <DurationCell key="p99" ms={row.p99} />,
            },
          ]}
        />
      )}
      {filters.route !== undefined && (
        <p className="quiet">
          <Link className="link" href={whyHref(view, { service, route: filters.route })}>
            Ask why of {filters.route}
          </Link>
        </p>
      )}
      {rows && shown && rows.length > shown.length && (
        <button type="button" className="link" onClick={() => setAll(true)}>
          {rows.length - shown.length} more
        </button>
      )}
    </Section>
  );
}

/** requests name services without their namespace */
function nameOf(service: string): string {
  return service.slice(service.indexOf("/") + 1);
}
