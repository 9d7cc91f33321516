// Why a service is slow or fails, or what is wrong with the mesh.
import { givenWindow, oneOf, parameter, readDuration, service, windowFields } from "../parameters.ts";
import { question } from "../question.ts";
import { whyAnswer } from "../schema/why.ts";
import { METRICS, whyOf } from "../why/why-of.ts";

const MINUTES_15_US = 900e6;

export const why = question({
  path: "/why",
  summary:
    "Why a service is slow, fails, or is asked more or less: causes and what speaks for them, or that nothing is wrong",
  parameters: {
    ...windowFields,
    service: service(
      "whose callers are not content; the worst of those called from outside, or else of all, when not given",
    ),
    source: service("only what this one asks of it; `outside` for published ports"),
    route: parameter("only this route, as /routes tells it", "GET /cart/{id}", (text) => text),
    metric: parameter(
      "`latency`, `errors` or `throughput` (more or fewer requests); the worse of the first two when not given",
      "latency",
      oneOf("metric", ["latency", "errors", "throughput"]),
    ),
    baseline: parameter(
      "how long before the window is what is usual; three times the window, and five minutes at least, when not given",
      "10m",
      (text) => readDuration("baseline", text),
    ),
  },
  answer: whyAnswer,
  async ask(deps, { service, source, route, metric, baseline: usualUs, ...query }) {
    const nowUs = deps.clock.nowUs();
    const window = givenWindow(query, nowUs) ?? { fromUs: nowUs - MINUTES_15_US, toUs: nowUs };
    return whyOf(deps, { service, source, route, metric: metric && METRICS[metric], window, usualUs });
  },
});
