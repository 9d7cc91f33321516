// Who comes through more often than others, by what is known of visitors and of what served them.
import type { FunnelAnswer } from "../../../src/api/types.ts";
import { count, percent } from "../../data/format.ts";
import { useView } from "../../data/use-view.ts";
import { Section } from "../service/section.tsx";

const BY = ["browser", "device", "arrival", "visitor", "entry", "version", "item"] as const;
const SHOWN = 12;

export function FunnelSegments({ segments }: Pick<FunnelAnswer, "segments">) {
  const [{ by }, change] = useView();
  return (
    <Section title="Segments">
      <div className="funnel-by">
        {BY.map((name) => (
          <button
            key={name}
            type="button"
            className="button"
            aria-pressed={by === name}
            onClick={() => change({ by: by === name ? undefined : name }, { replace: true })}
          >
            {name}
          </button>
        ))}
      </div>
      {segments && segments.values.length === 0 && <p className="quiet">Nobody has such a value.</p>}
      {segments && segments.values.length > 0 && (
        <table className="table">
          <caption className="for-readers">Who came through, by {segments.attribute}</caption>
          <thead>
            <tr>
              <th scope="col">{segments.attribute}</th>
              <th scope="col" className="number">
                Began
              </th>
              <th scope="col" className="number">
                Came through
              </th>
              <th scope="col" className="number">
                Share
              </th>
              <th scope="col">95 %</th>
              <th scope="col">Differs</th>
            </tr>
          </thead>
          <tbody>
            {segments.values.slice(0, SHOWN).map(({ value, reached, rate, interval, differs }) => (
              <tr key={value}>
                <th scope="row">{value || "(none)"}</th>
                <td className="number">{count(reached[0] ?? 0)}</td>
                <td className="number">{count(reached.at(-1) ?? 0)}</td>
                <td className="number">{percent(rate)}</td>
                <td className="quiet">
                  {percent(interval[0])} to {percent(interval[1])}
                </td>
                <td className={differs === "worse" ? "is-lost" : ""}>{differs ?? ""}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}
