// How long it takes from the first step to the last.
import type { FunnelAnswer } from "../../../src/api/types.ts";
import { count, duration, percent } from "../../data/format.ts";
import { Section } from "../service/section.tsx";

export function FunnelTimes({ timeToConvert }: Pick<FunnelAnswer["overall"], "timeToConvert">) {
  const { median, quartiles, p90, distribution, count: all } = timeToConvert;
  if (median === null || !quartiles) return null;
  const seconds = (value: number | null) => (value === null ? "longer" : `up to ${duration(value * 1000)}`);
  const most = Math.max(...distribution.map((bin) => bin.count));
  return (
    <Section title="From the first step to the last">
      <p className="quiet">
        Half of them take {duration(quartiles[0] * 1000)} to {duration(quartiles[1] * 1000)}, median{" "}
        {duration(median * 1000)}
        {p90 !== null && `; one in ten takes more than ${duration(p90 * 1000)}`}.
      </p>
      <table className="table">
        <caption className="for-readers">How many took how long</caption>
        <tbody>
          {distribution
            .filter((bin) => bin.count > 0)
            .map((bin) => (
              <tr key={bin.upTo}>
                <th scope="row">{seconds(bin.upTo)}</th>
                <td>
                  <span className="funnel-bar" aria-hidden="true">
                    <span style={{ width: `${(100 * bin.count) / most}%` }} />
                  </span>
                </td>
                <td className="number">{count(bin.count)}</td>
                <td className="number quiet">{percent(bin.count / all)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </Section>
  );
}
