// Which of a service's figures is asked about.
import type { Metric } from "../../data/view.ts";

const CHOICES: readonly { readonly metric: Metric | undefined; readonly name: string }[] = [
  { metric: undefined, name: "What is worse" },
  { metric: "latency", name: "Latency" },
  { metric: "errors", name: "Errors" },
  { metric: "throughput", name: "Throughput" },
];

export type WhyMetricProps = {
  readonly metric: Metric | undefined;
  readonly choose: (metric: Metric | undefined) => void;
};

export function WhyMetric({ metric: chosen, choose }: WhyMetricProps) {
  return (
    <fieldset className="choices">
      <legend className="for-readers">What is asked about</legend>
      {CHOICES.map(({ metric, name }) => (
        <button
          key={name}
          type="button"
          className={`button is-small ${metric === chosen ? "is-on" : ""}`}
          aria-pressed={metric === chosen}
          onClick={() => choose(metric)}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}
