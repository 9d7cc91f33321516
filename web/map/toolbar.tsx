// What is shown of the map: drawn or as a table, around which service, which namespaces unfolded.
import type { MapAnswer } from "../../src/api/types.ts";
import { Icon } from "../components/icon.tsx";
import { Popover } from "../components/popover.tsx";
import { SameAs } from "../components/same-as.tsx";
import { StateMark } from "../components/state-mark.tsx";
import { mapCommand } from "../data/commands.ts";
import { plural } from "../data/format.ts";
import { mapQuestion } from "../data/questions.ts";
import type { ChangeView } from "../data/use-view.ts";
import { type Focus, MOST_HOPS, type View } from "../data/view.ts";
import { folded, unfolded } from "./folding.ts";
import { Legend } from "./legend.tsx";

export type ToolbarProps = {
  readonly view: View;
  readonly change: ChangeView;
  readonly answer: MapAnswer | undefined;
  readonly isTable: boolean;
};

export function Toolbar({ view, change, answer, isTable }: ToolbarProps) {
  return (
    <div className="map-toolbar">
      <fieldset className="segments">
        <legend className="for-readers">Show as</legend>
        <button type="button" aria-pressed={!isTable} onClick={() => change({ as: "map" })}>
          <Icon name="map" size={14} /> Map
        </button>
        <button type="button" aria-pressed={isTable} onClick={() => change({ as: "table" })}>
          <Icon name="table" size={14} /> Table
        </button>
      </fieldset>
      {answer && answer.namespaces.length > 1 && <Namespaces answer={answer} change={change} />}
      {view.focus && <FocusControl focus={view.focus} hidden={answer?.hidden ?? 0} change={change} />}
      <span className="spacer" />
      {!isTable && <Legend />}
      <SameAs what="Map" command={mapCommand(answer?.project ?? "", view)} question={mapQuestion(view)} />
    </div>
  );
}

function Namespaces({ answer, change }: { readonly answer: MapAnswer; readonly change: ChangeView }) {
  const { namespaces } = answer;
  const open = namespaces.filter((one) => one.isExpanded).length;
  const all = namespaces.map(({ name }) => name);
  return (
    <Popover
      className="button is-small"
      label={
        <>
          <Icon name="folder" size={14} /> Namespaces
          <span className="quiet">
            {open} of {namespaces.length} unfolded
          </span>
        </>
      }
    >
      <div className="namespaces">
        <div className="popover-actions">
          <button type="button" className="button is-small" onClick={() => change({ expand: all })}>
            Unfold all
          </button>
          <button type="button" className="button is-small" onClick={() => change({ expand: [] })}>
            Fold all
          </button>
        </div>
        {namespaces.map(({ name, services, isExpanded, state }) => (
          <label key={name} className="namespace">
            <input
              type="checkbox"
              checked={isExpanded}
              onChange={() => change({ expand: isExpanded ? folded(answer, name) : unfolded(answer, name) })}
            />
            <StateMark state={state} />
            <span>{name}</span>
            <span className="quiet">{plural(services, "service")}</span>
          </label>
        ))}
      </div>
    </Popover>
  );
}

function FocusControl(props: { readonly focus: Focus; readonly hidden: number; readonly change: ChangeView }) {
  const { focus, hidden, change } = props;
  const set = (more: Partial<Focus>) => change({ focus: { ...focus, ...more } });
  return (
    <fieldset className="focus">
      <legend className="for-readers">Only around {focus.service}</legend>
      <Hops name="up" hops={focus.up} set={(up) => set({ up })} />
      <span className="focus-service">
        <Icon name="target" size={14} /> {focus.service}
      </span>
      <Hops name="down" hops={focus.down} set={(down) => set({ down })} />
      {hidden > 0 && <span className="quiet">{plural(hidden, "service")} hidden</span>}
      <button
        type="button"
        className="button is-icon is-quiet"
        aria-label="Show all services"
        title="Show all services"
        onClick={() => change({ focus: undefined })}
      >
        <Icon name="close" size={14} />
      </button>
    </fieldset>
  );
}

function Hops(props: { readonly name: "up" | "down"; readonly hops: number; readonly set: (hops: number) => void }) {
  const { name, hops, set } = props;
  return (
    <span className="hops">
      <button
        type="button"
        className="button is-icon is-quiet"
        aria-label={`One hop less ${name}`}
        disabled={hops === 0}
        onClick={() => set(hops - 1)}
      >
        <Icon name="minus" size={12} />
      </button>
      <span className="hops-count">
        {hops} {name}
      </span>
      <button
        type="button"
        className="button is-icon is-quiet"
        aria-label={`One hop more ${name}`}
        disabled={hops === MOST_HOPS}
        onClick={() => set(hops + 1)}
      >
        <Icon name="plus" size={12} />
      </button>
    </span>
  );
}
