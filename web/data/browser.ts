// The browser's side of live.ts: EventSource, fetch, timers, and whether anybody looks.
import type { AnswerEvent, ApiProblem, ProblemEvent } from "../../src/api/types.ts";
import { createLive, type Live, type Stream, type StreamEvents, type Told } from "./live.ts";

export function browserLive(): Live {
  const live = createLive({ stream, fetch: fetchOnce, after });
  live.setVisible(!document.hidden);
  document.addEventListener("visibilitychange", () => live.setVisible(!document.hidden));
  return live;
}

function stream(path: string, events: StreamEvents): Stream {
  const source = new EventSource(path);
  const read = <Data>(event: Event) => JSON.parse((event as MessageEvent<string>).data) as Data;
  source.addEventListener("open", events.open);
  source.addEventListener("error", events.lost);
  source.addEventListener("answer", (event) => {
    const { ask, answer } = read<AnswerEvent>(event);
    events.told(ask, { answer });
  });
  source.addEventListener("problem", (event) => {
    const { ask, problem } = read<ProblemEvent>(event);
    events.told(ask, { problem });
  });
  return source;
}

/** @throws when nobody answers */
async function fetchOnce(path: string): Promise<Told> {
  const response = await fetch(path);
  const body: unknown = await response.json();
  return response.ok ? { answer: body } : { problem: body as ApiProblem };
}

function after(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}
