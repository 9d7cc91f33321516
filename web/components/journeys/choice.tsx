// Which funnel is looked at: those that were declared, and those that were found.
import type { JourneysAnswer } from "../../../src/api/types.ts";
import { count, percent } from "../../data/format.ts";
import { useView } from "../../data/use-view.ts";

const SHOWN = 5;

export function FunnelChoice({ journeys, chosen }: { readonly journeys: JourneysAnswer; readonly chosen: string }) {
  const [, change] = useView();
  const all = [
    ...journeys.declared.map(({ name, steps }) => ({ funnel: name, title: name, steps, note: "declared" })),
    ...journeys.funnels.slice(0, SHOWN).map(({ steps, entered, rate }) => ({
      ...{ funnel: steps.join(" > "), title: steps.at(-1) ?? "", steps },
      note: `${count(entered)} began, ${percent(rate ?? undefined)} came through`,
    })),
  ];
  return (
    <ul className="funnel-choice">
      {all.map(({ funnel, title, steps, note }) => {
        const isChosen = funnel === chosen || steps.join(" > ") === chosen;
        return (
          <li key={funnel}>
            <button
              type="button"
              className="funnel-option"
              aria-pressed={isChosen}
              onClick={() => change({ funnel, step: undefined })}
            >
              <strong>{title}</strong>
              <span className="quiet">{steps.join(" › ")}</span>
              <span className="quiet">{note}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
