// Who calls a service, and whom it calls: the map as two tables. A name goes to that service, the arrow to the call itself.
import type { Answer, EdgeRow } from "../../../src/api/types.ts";
import { edgesCommand } from "../../data/commands.ts";
import { NONE } from "../../data/format.ts";
import { isNamed, nameLike } from "../../data/names.ts";
import { edgesQuestion } from "../../data/questions.ts";
import { useAnswer } from "../../data/use-answer.tsx";
import { useMesh } from "../../data/use-mesh.tsx";
import type { Call, View } from "../../data/view.ts";
import { Icon } from "../icon.tsx";
import { DurationCell, ErrorCell, RateCell } from "../signal-cells.tsx";
import { Section } from "./section.tsx";

export type Go = {
  readonly toService: (service: string) => void;
  readonly toCall: (call: Call) => void;
};

/** @param sides those that there can be: nobody calls the outside that calls in */
export function Neighbours(props: {
  readonly view: View;
  readonly service: string;
  readonly sides?: readonly ("callers" | "callees")[];
  readonly go: Go;
}) {
  const { view, service, sides = ["callers", "callees"], go } = props;
  const { project } = useMesh();
  const question = edgesQuestion(view, service);
  const { answer } = useAnswer<Answer<EdgeRow>>(question, view.range.kind === "live");
  const command = edgesCommand(project, view.range, service);
  const callers = answer?.rows.filter((row) => isNamed(service, row.destination, row.destinationNamespace));
  const callees = answer?.rows.filter((row) => isNamed(service, row.source, row.sourceNamespace));
  return (
    <div className="columns">
      {sides.includes("callers") && (
        <Section title="Callers" count={callers?.length} sameAs={{ what: "Callers", command, question }}>
          <CallTable
            rows={callers}
            side="source"
            service={service}
            nothing={`Nobody called ${service} in this time.`}
            go={go}
          />
        </Section>
      )}
      {sides.includes("callees") && (
        <Section title="Callees" count={callees?.length} sameAs={{ what: "Callees", command, question }}>
          <CallTable
            rows={callees}
            side="destination"
            service={service}
            nothing={`${service} called nobody in this time.`}
            go={go}
          />
        </Section>
      )}
    </div>
  );
}

function ends(row: EdgeRow, service: string): Call {
  return {
    source: nameLike(service, row.source, row.sourceNamespace),
    destination: nameLike(service, row.destination, row.destinationNamespace),
  };
}

type Side = "source" | "destination";

function CallTable(props: {
  readonly rows: readonly EdgeRow[] | undefined;
  readonly side: Side;
  readonly service: string;
  readonly nothing: string;
  readonly go: Go;
}) {
  const { rows, side, service, nothing, go } = props;
  if (!rows) return <p className="quiet">…</p>;
  if (rows.length === 0) return <p className="quiet">{nothing}</p>;
  const sorted = [...rows].sort((a, b) => b.rps - a.rps || (a[side] < b[side] ? -1 : 1));
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{side === "source" ? "From" : "To"}</th>
          <th scope="col" className="number">
            Rate
          </th>
          <th scope="col" className="number">
            Errors
          </th>
          <th scope="col" className="number">
            p99
          </th>
          <th scope="col">
            <span className="for-readers">This call alone</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {sorted.map((row) => (
          <tr key={`${row.sourceNamespace} ${row.destinationNamespace} ${row[side]} ${row.port} ${row.protocol}`}>
            <th scope="row">
              <button type="button" className="link" onClick={() => go.toService(ends(row, service)[side])}>
                {row[side]}
              </button>
              <span className="port">:{row.port || NONE}</span>
            </th>
            <RateCell value={row.rps} />
            <ErrorCell of={row} />
            <DurationCell ms={row.p99} />
            <td className="narrow">
              <button
                type="button"
                className="button is-icon is-quiet"
                aria-label={`Call from ${row.source} to ${row.destination}`}
                title={`${row.source} → ${row.destination}`}
                onClick={() => go.toCall(ends(row, service))}
              >
                <Icon name="arrow" size={14} />
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
