// Replays slow requests of the target with the first suspect as it usually is.
import type { Answer } from "../../analysis/why/answer.ts";
import { type Asked, isAmong } from "../../analysis/why/asked.ts";
import { isRequest } from "../../analysis/why/contrast/attributes.ts";
import { slowness } from "../../analysis/why/contrast/contrast.ts";
import { replayOf, withReplay } from "../../analysis/why/replay.ts";
import { HOST_SERVICE } from "../../model/looked.ts";
import type { QuestionDeps } from "../question.ts";
import { periodsOf, type Seen } from "./look.ts";

/** the newest */
const MOST = { requests: 1_000, calls: 4_000, slow: 40, spans: 4_000 };

export async function replayed(
  { observatory: { queries } }: QuestionDeps,
  seen: Seen,
  answer: Answer,
  { source, route }: Pick<Asked, "source" | "route">,
): Promise<Answer> {
  const [first] = answer.findings;
  const target = first?.path[0];
  if (!first || target === undefined || seen.metric !== "latency" || first.subject.service === HOST_SERVICE)
    return answer;
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
  const slow = since.rows.filter(isRequest).filter(isMeant).filter(slowness(usually)).slice(-MOST.slow);
  const traces = slow.map(({ traceId }) => ({ id: traceId }));
  const { rows: spans } = await queries.tap({ traces, ...now }, MOST.spans);
  const replay = replayOf({
    slow,
    spans,
    usual: usually,
    suspect,
    before: { requests: requests.rows, calls: calls.rows },
  });
  return replay ? withReplay(answer, replay) : answer;
}
