// Cells of golden signals, the same in every table: of fixed width, so that nothing moves when a figure changes.
import { duration, failed, isTrouble, percent, rate } from "../data/format.ts";

export function RateCell({ value }: { readonly value: number | undefined }) {
  return <td className="number">{rate(value)}</td>;
}

export function ErrorCell({ of }: { readonly of: Parameters<typeof isTrouble>[0] }) {
  return <td className={isTrouble(of) ? "number is-trouble" : "number"}>{percent(failed(of))}</td>;
}

export function DurationCell({ ms }: { readonly ms: number | undefined }) {
  return <td className="number">{duration(ms)}</td>;
}
