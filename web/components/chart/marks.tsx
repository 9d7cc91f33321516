// Thin lines over a chart where something changed; pointed at or focused, each says what. One chart of a group is enough
// to be walked by keyboard, and the list beneath the charts says the same to whoever does not see them.
import { timeOfDay } from "../../data/format.ts";
import { changeText, type Mark } from "../../data/marks.ts";

export type MarksProps = {
  readonly marks: readonly Mark[];
  readonly window: readonly [from: number, to: number];
  readonly areFocusable: boolean;
};

const MOST_LINES = 4;

export function Marks({ marks, window: [from, to], areFocusable }: MarksProps) {
  return (
    <div className="marks" aria-hidden={!areFocusable}>
      {marks.map((mark) => {
        const share = (mark.time - from) / (to - from);
        const side = share > 0.5 ? "is-left" : "is-right";
        const texts = mark.changes.map((change) => `${timeOfDay(change.time)} ${changeText(change)}`);
        return (
          <button
            key={mark.time}
            type="button"
            className={`mark ${side}`}
            style={{ left: `${share * 100}%` }}
            tabIndex={areFocusable ? 0 : -1}
            aria-label={texts.join("; ")}
          >
            <span className="mark-label" aria-hidden="true">
              {texts.slice(0, MOST_LINES).map((text) => (
                <span key={text}>{text}</span>
              ))}
              {texts.length > MOST_LINES && <span>and {texts.length - MOST_LINES} more</span>}
            </span>
          </button>
        );
      })}
    </div>
  );
}
