// Cells of golden signals, the same in every table: of fixed width, so that nothing moves when a figure changes.
import { duration, percent, rate } from "../data/format.ts";

/** so many failures are worth a colour */
const TROUBLE = 0.01;

export function RateCell({ value }: { readonly value: number | undefined }) {
  return <td className="number">{rate(value)}</td>;
}

export function ErrorCell({ share }: { readonly share: number | undefined }) {
  const isTrouble = share !== undefined && share >= TROUBLE;
  return <td className={isTrouble ? "number is-trouble" : "number"}>{percent(share)}</td>;
}

export function DurationCell({ ms }: { readonly ms: number | undefined }) {
  return <td className="number">{duration(ms)}</td>;
}
