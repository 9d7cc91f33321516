// How the share of those who come through went, with what changed in the mesh.
import type { FunnelAnswer } from "../../../src/api/types.ts";
import { percent } from "../../data/format.ts";
import { marksOf } from "../../data/marks.ts";
import { useAskWhy } from "../../data/use-ask-why.ts";
import { useView } from "../../data/use-view.ts";
import { Chart } from "../chart/chart.tsx";
import { Section } from "../service/section.tsx";

export function FunnelTrend({ trend, changes }: Pick<FunnelAnswer, "trend" | "changes">) {
  const [view] = useView();
  const { ask } = useAskWhy(view, { service: undefined });
  const [first, last] = [trend[0], trend.at(-1)];
  if (!first || !last || trend.length < 2) return null;
  const at = (iso: string) => Date.parse(iso) / 1000;
  const window = [at(first.from), at(last.from) + last.seconds] as const;
  const band = (side: 0 | 1) => trend.map(({ entered, interval }) => (entered > 0 ? interval[side] : null));
  return (
    <Section title="Over time">
      <Chart
        title="Came through, by when they began"
        times={trend.map(({ from }) => at(from))}
        window={window}
        lines={[
          { name: "share", values: trend.map(({ rate }) => rate), token: "accent" },
          { name: "at least", values: band(0), token: "text-3", dash: [3, 3] },
          { name: "at most", values: band(1), token: "text-3", dash: [3, 3] },
        ]}
        format={percent}
        least={0.1}
        group="funnel"
        marks={marksOf(changes, window)}
        onDragged={ask}
        hasTimeAxis
        isFirst
      />
    </Section>
  );
}
