// Dots over a chart, each a request that is in it: a click opens its trace.
import { Link } from "wouter";

export type CaseMark = {
  /** s since the epoch */
  readonly time: number;
  readonly text: string;
  readonly href: string;
};

export function Cases({
  cases,
  window,
}: {
  readonly cases: readonly CaseMark[];
  readonly window: readonly [number, number];
}) {
  const [from, to] = window;
  return cases.map(({ time, text, href }) => (
    <Link
      key={href}
      className="case"
      href={href}
      style={{ left: `${Math.min(Math.max((time - from) / (to - from), 0), 1) * 100}%` }}
      aria-label={text}
      title={text}
    />
  ));
}
