// The mark of health: each state has a shape of its own, so that its colour is never needed.
import type { HealthState } from "../../src/api/types.ts";

export const STATE_WORDS: Readonly<Record<HealthState, string>> = {
  good: "Good",
  warning: "Warning",
  bad: "Failing",
  unknown: "Unknown",
};

/** @param isNamed false when the word stands beside it anyway */
export function StateMark({ state, isNamed = true }: { readonly state: HealthState; readonly isNamed?: boolean }) {
  const name = isNamed ? { role: "img", "aria-label": STATE_WORDS[state] } : { "aria-hidden": true };
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: it has a label, or the word stands beside it
    <svg className={`state-mark is-${state}`} width="14" height="14" viewBox="0 0 14 14" {...name}>
      {SHAPES[state]}
    </svg>
  );
}

const SHAPES = {
  good: (
    <>
      <circle className="outline" cx="7" cy="7" r="5.25" />
      <path className="outline" d="M4.7 7.2 6.3 8.8 9.4 5.4" />
    </>
  ),
  warning: (
    <>
      <path
        className="filled"
        d="M7 1.2c.4 0 .7.2.9.5l5.3 9.4c.4.7-.1 1.6-.9 1.6H1.7c-.8 0-1.3-.9-.9-1.6l5.3-9.4c.2-.3.5-.5.9-.5Z"
      />
      <path className="knocked-out" d="M7 5v3.2M7 10.4v.1" />
    </>
  ),
  bad: (
    <>
      <path className="filled" d="M4.5.9h5l3.6 3.6v5l-3.6 3.6h-5L.9 9.5v-5z" />
      <path className="knocked-out" d="m5 5 4 4M9 5 5 9" />
    </>
  ),
  unknown: <circle className="outline" cx="7" cy="7" r="5.25" strokeDasharray="2.2 1.9" />,
} as const;
