// What those did next who did not go on.
import type { FunnelAnswer } from "../../../src/api/types.ts";
import { count, percent } from "../../data/format.ts";
import { Section } from "../service/section.tsx";

export function DropOffPaths({ dropOff, step }: Pick<FunnelAnswer, "dropOff"> & { readonly step: number }) {
  const found = dropOff.find((one) => one.step === step);
  if (!found || found.next.length === 0) return null;
  return (
    <Section title={`What they did after step ${step}, who did not go on`} count={found.lost}>
      <table className="table">
        <caption className="for-readers">Paths after step {step}, the most frequent first</caption>
        <tbody>
          {found.next.map((one) => (
            <tr key={one.path.join(">")}>
              <td className="number">{count(one.count)}</td>
              <td className="number quiet">{percent(one.share)}</td>
              <td>{one.path.length > 0 ? one.path.join(" › ") : "nothing more"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}
