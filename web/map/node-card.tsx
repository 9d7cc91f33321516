// One card of the map: a service, a folded namespace, or the outside. A button, for it opens something.
import { memo } from "react";
import type { HealthState, MapNode } from "../../src/api/types.ts";
import { Icon } from "../components/icon.tsx";
import { StateMark } from "../components/state-mark.tsx";
import { duration, failed, percent, plural, rate } from "../data/format.ts";
import { useFromMap, useMapStore } from "./store.ts";

export type CardActions = {
  readonly open: (id: string) => void;
  readonly keyDown: (id: string, event: React.KeyboardEvent) => void;
  readonly focused: (id: string) => void;
};

export const NodeCard = memo(function NodeCard({
  id,
  actions,
}: {
  readonly id: string;
  readonly actions: CardActions;
}) {
  const store = useMapStore();
  const node = useFromMap((from) => from.node(id));
  const standing = useFromMap((from) => from.standing(id));
  const isSelected = useFromMap((from) => from.isSelected(id));
  if (!node) return null;
  return (
    <button
      type="button"
      data-node={id}
      className={`card is-${node.kind} is-${node.state} is-${standing}`}
      aria-pressed={isSelected}
      onClick={() => actions.open(id)}
      onKeyDown={(event) => actions.keyDown(id, event)}
      onFocus={() => actions.focused(id)}
      onPointerEnter={() => store.hover(id)}
      onPointerLeave={() => store.hover(undefined)}
    >
      <CardHead node={node} />
      {node.kind === "outside" ? <OutsideFigures node={node} /> : <CardFigures node={node} />}
      {node.kind !== "outside" && <CardFoot node={node} />}
      {node.reasons.length > 0 && <span className="for-readers">{node.reasons.join(" ")}</span>}
    </button>
  );
});

function CardHead({ node }: { readonly node: MapNode }) {
  return (
    <span className="card-head">
      {node.kind === "outside" && !isTrouble(node.state) ? (
        <Icon name="plug" size={14} />
      ) : (
        <StateMark state={node.state} />
      )}
      <span className="card-name" style={{ "--longest": longestPart(node.name) } as React.CSSProperties}>
        {node.name}
      </span>
      {node.kind === "namespace" && <span className="tag">{plural(node.services, "service")}</span>}
    </span>
  );
}

/** Letters of what stays on one line: a name is broken at its hyphens. */
function longestPart(name: string): number {
  return Math.max(...name.split("-").map(({ length }) => length));
}

function CardFigures({ node: { signals, state } }: { readonly node: MapNode }) {
  const hasErrors = isTrouble(state) && signals.failures > 0;
  return (
    <span className="card-figures">
      <CardFigure name="rate" value={rate(signals.rps)} />
      <CardFigure name="errors" value={percent(failed(signals))} isErrors={hasErrors} />
      <CardFigure name="p99" value={duration(signals.p99)} />
    </span>
  );
}

function CardFigure(props: { readonly name: string; readonly value: string; readonly isErrors?: boolean }) {
  return (
    <span className="card-figure">
      <span className={props.isErrors ? "figure is-errors" : "figure"}>{props.value}</span>
      <span className="card-unit">{props.name}</span>
    </span>
  );
}

function OutsideFigures({ node: { signals } }: { readonly node: MapNode }) {
  return (
    <span className="card-foot">
      {signals.requests > 0 ? `${rate(signals.rps)} · ${percent(failed(signals))} failed` : "calls in from outside"}
    </span>
  );
}

const MOST_PIPS = 8;

function CardFoot({ node: { kind, workloads, versions } }: { readonly node: MapNode }) {
  const { ready, total } = workloads;
  return (
    <span className="card-foot">
      {total > 0 && total <= MOST_PIPS && (
        <span className="pips">
          {Array.from({ length: total }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: pips are told apart by their place alone
            <span key={index} className={index < ready ? "pip is-ready" : "pip"} />
          ))}
        </span>
      )}
      <span className={ready < total ? "is-short" : undefined}>
        {total === 0 ? "no workload" : `${ready}/${total} ready`}
      </span>
      {kind === "service" && <span className="card-versions">{versions.filter(Boolean).join(", ")}</span>}
    </span>
  );
}

function isTrouble(state: HealthState): boolean {
  return state === "warning" || state === "bad";
}
