// Replays requests of the target with the first suspect as it usually is.
import type { Answer } from "../../analysis/why/answer.ts";
import { type Asked, isAmong } from "../../analysis/why/asked.ts";
import { isRequest } from "../../analysis/why/contrast/attributes.ts";
import { slowness } from "../../analysis/why/contrast/contrast.ts";
import { type Replay, type Replayed, replayOf } from "../../analysis/why/replay.ts";
import type { SeenExchange } from "../../model/figures.ts";
import { HOST_SERVICE } from "../../model/looked.ts";
import type { QuestionDeps } from "../question.ts";
import { periodsOf, type Seen } from "./look.ts";

/** the newest */
const MOST = { requests: 1_000, calls: 4_000, spans: 6_000 };
/** of those that are slower than nearly all before, and of the others: few may be most of what was added */
const SAMPLED = { slow: 60, others: 40 };

/** undefined: there is nothing to replay, or too little is known of it */
export async function replayed(
  { observatory: { queries } }: QuestionDeps,
  seen: Seen,
  answer: Answer,
  { source, route }: Pick<Asked, "source" | "route">,
): Promise<Replay | undefined> {
  const [first] = answer.findings;
  const target = first?.path[0];
  if (!first || target === undefined || seen.metric !== "latency" || first.subject.service === HOST_SERVICE) return;
  const suspect = first.subject.service;
  const { usual, now } = periodsOf(first, seen);
  const [before, since, requests, calls] = await Promise.all([
    queries.tap({ destination: target, ...usual }, MOST.requests),
    queries.tap({ destination: target, ...now }, MOST.requests),
    queries.tap({ destination: suspect, ...usual }, MOST.requests),
    queries.tap({ source: suspect, ...usual }, MOST.calls),
  ]);
  const isMeant = isAmong({ source, route });
  const usually = before.rows.filter(isRequest).filter(isMeant);
  const isSlow = slowness(usually);
  const requested = since.rows.filter(isRequest).filter(isMeant);
  const sampled = [
    ...sampleOf(requested.filter(isSlow), SAMPLED.slow),
    ...sampleOf(
      requested.filter((one) => !isSlow(one)),
      SAMPLED.others,
    ),
  ];
  const traces = sampled.map(({ of: { traceId } }) => ({ id: traceId }));
  const { rows: spans } = await queries.tap({ traces, ...now }, MOST.spans);
  if (spans.length >= MOST.spans) return; // not whole
  return replayOf({
    sampled,
    spans,
    usual: usually,
    suspect,
    before: { requests: requests.rows, calls: calls.rows },
  });
}

/** So many, spread over all of them, each of which stands for as many. */
function sampleOf(all: readonly SeenExchange[], most: number): Replayed["sampled"] {
  const step = Math.max(1, all.length / most);
  const count = Math.min(all.length, most);
  return Array.from({ length: count }, (_, at) => ({ of: all[Math.floor(at * step)] as SeenExchange, weight: step }));
}
