// The map as two tables, services and calls: what a screen reader and a narrow screen get.
import type { HealthState, MapAnswer, MapEdge, MapNode } from "../../src/api/types.ts";
import { DurationCell, ErrorCell, RateCell } from "../components/signal-cells.tsx";
import { type Column, SortableTable } from "../components/sortable-table.tsx";
import { STATE_WORDS, StateMark } from "../components/state-mark.tsx";
import { failed, NONE, plural } from "../data/format.ts";

export type MapTablesProps = {
  readonly answer: MapAnswer;
  readonly selected: string | undefined;
  readonly openNode: (id: string) => void;
  readonly openEdge: (id: string) => void;
};

/** the worst first */
const SEVERITY: Readonly<Record<HealthState, number>> = { good: 0, unknown: 1, warning: 2, bad: 3 };

export function MapTables({ answer, selected, openNode, openEdge }: MapTablesProps) {
  const nodes = new Map(answer.nodes.map((node) => [node.id, node]));
  const isSelected = ({ id }: { readonly id: string }) => id === selected;
  return (
    <div className="map-tables">
      <h2 className="table-title">Services</h2>
      <SortableTable
        caption="Services by health"
        rows={answer.nodes}
        columns={serviceColumns(openNode)}
        keyOf={({ id }) => id}
        isSelected={isSelected}
        first={{ column: 1, isDescending: true }}
      />
      <h2 className="table-title">Calls</h2>
      <SortableTable
        caption="Who calls whom"
        rows={answer.edges}
        columns={callColumns(nodes, openEdge)}
        keyOf={({ id }) => id}
        isSelected={isSelected}
        first={{ column: 2, isDescending: true }}
      />
    </div>
  );
}

type Columns<Row> = readonly [Column<Row>, ...Column<Row>[]];

function serviceColumns(open: (id: string) => void): Columns<MapNode> {
  return [
    {
      title: "Service",
      value: ({ name }) => name,
      cell: ({ id, name, kind, services }) => (
        <>
          <button type="button" className="link" onClick={() => open(id)}>
            {name}
          </button>
          {kind === "namespace" && <span className="quiet"> {plural(services, "service")}, folded</span>}
        </>
      ),
    },
    {
      title: "Health",
      isGreatestFirst: true,
      value: ({ state }) => SEVERITY[state],
      cell: ({ state, reasons }) => (
        <td key="health" title={reasons.join(" ")}>
          <span className="state">
            <StateMark state={state} isNamed={false} /> {STATE_WORDS[state]}
          </span>
        </td>
      ),
    },
    ...signalColumns<MapNode>(),
    {
      title: "Ready",
      isNumber: true,
      value: ({ workloads }) => workloads.ready - workloads.total,
      cell: ({ kind, workloads: { ready, total } }) => (
        <td key="ready" className={ready < total ? "number is-trouble" : "number"}>
          {kind === "outside" ? NONE : `${ready}/${total}`}
        </td>
      ),
    },
    {
      title: "Version",
      value: ({ versions }) => versions.join(),
      cell: ({ versions }) => <td key="version">{versions.join(", ") || NONE}</td>,
    },
  ];
}

function callColumns(nodes: ReadonlyMap<string, MapNode>, open: (id: string) => void): Columns<MapEdge> {
  const nameOf = (id: string) => nodes.get(id)?.name ?? id;
  return [
    {
      title: "From",
      value: ({ source }) => nameOf(source),
      cell: ({ id, source }) => (
        <button type="button" className="link" onClick={() => open(id)}>
          {nameOf(source)}
        </button>
      ),
    },
    {
      title: "To",
      value: ({ target }) => nameOf(target),
      cell: ({ target }) => <td key="to">{nameOf(target)}</td>,
    },
    ...signalColumns<MapEdge>(),
    {
      title: "Protocol",
      value: ({ protocols }) => protocols.join(),
      cell: ({ protocols, ports }) => (
        <td key="protocol">
          {protocols.join(", ") || NONE} <span className="port">{ports.map((port) => `:${port}`).join(" ")}</span>
        </td>
      ),
    },
  ];
}

function signalColumns<Row extends Pick<MapNode, "signals">>(): Column<Row>[] {
  return [
    {
      title: "Rate",
      isNumber: true,
      value: ({ signals }) => signals.rps,
      cell: ({ signals }) => <RateCell key="rate" value={signals.rps} />,
    },
    {
      title: "Errors",
      isNumber: true,
      value: ({ signals }) => failed(signals) ?? -1,
      cell: ({ signals }) => <ErrorCell key="errors" of={signals} />,
    },
    {
      title: "p50",
      isNumber: true,
      value: ({ signals }) => signals.p50 ?? -1,
      cell: ({ signals }) => <DurationCell key="p50" ms={signals.p50} />,
    },
    {
      title: "p99",
      isNumber: true,
      value: ({ signals }) => signals.p99 ?? -1,
      cell: ({ signals }) => <DurationCell key="p99" ms={signals.p99} />,
    },
  ];
}
