// Where the time of the suspect's requests went before, and goes now.
import type { WhyAnswer } from "../../../src/api/types.ts";
import { duration } from "../../data/format.ts";
import { Section } from "../service/section.tsx";

const SHOWN = 6;

export type WhyLedgerProps = NonNullable<WhyAnswer["ledger"]> & {
  /** nothing is wrong with what it is now */
  readonly isWell?: boolean;
};

export function WhyLedger({ service, rows, isWell = false }: WhyLedgerProps) {
  const most = Math.max(...rows.flatMap(({ beforeMs, duringMs }) => [beforeMs, duringMs]));
  return (
    <Section title={`Where a mean request of ${service} spends its time`}>
      <table className="table">
        <caption className="for-readers">Parts of a request, before and now</caption>
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col">Before</th>
            <th scope="col">Now</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, SHOWN).map(({ part, of, beforeMs, duringMs }) => (
            <tr key={`${part} ${of}`}>
              <th scope="row">{of === undefined ? part : `${part} ${of}`}</th>
              <td>
                <Bar ms={beforeMs} most={most} />
              </td>
              <td>
                <Bar ms={duringMs} most={most} isNow={!isWell} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

function Bar({ ms, most, isNow }: { readonly ms: number; readonly most: number; readonly isNow?: boolean }) {
  return (
    <span className="why-bar">
      <span className={isNow ? "is-now" : ""} style={{ width: `${(100 * ms) / Math.max(most, 1e-9)}%` }} />
      {duration(ms)}
    </span>
  );
}
