// A live stream: server-sent events (HTML Living Standard §9.2) with the answers to a client's questions, again on each
// beat. It works only when the client reads: one that is slow gets fewer and always the latest answers, one that has stopped
// reading costs nothing but its connection, and that not for long.
import type { Clock } from "../../base/clock.ts";
import type { LiveAsk } from "./ask.ts";
import type { Told } from "./shared.ts";

export type StreamOptions = {
  readonly asks: readonly LiveAsk[];
  /** ms between two beats; beats of all clients coincide */
  readonly everyMs: number;
  /** the client is gone */
  readonly signal: AbortSignal;
  readonly onEnd: () => void;
};

/** so that proxies, and clients that watch for it, know the line is alive */
const KEEP_ALIVE_MS = 15_000;
/** one that reads nothing for so long is dropped; a browser that comes back connects anew */
const STUCK_MS = 60_000;
/** what a browser waits before it connects again */
const RETRY_MS = 1_000;

export function liveStream(clock: Clock, { asks, everyMs, signal, onEnd }: StreamOptions): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const ending = new AbortController();
  let wroteMs = clock.monotonicMs();
  let nextMs = wroteMs; // the first answers come at once

  const end = () => {
    if (ending.signal.aborted) return;
    ending.abort();
    watch.cancel();
    signal.removeEventListener("abort", end);
    for (const one of asks) one.close();
    onEnd();
  };
  signal.addEventListener("abort", end, { once: true });
  const watch = clock.every(KEEP_ALIVE_MS, () => {
    if (clock.monotonicMs() - wroteMs >= STUCK_MS) end();
  });

  /** Rejects when the stream ends. */
  const next = async (): Promise<string> => {
    for (;;) {
      const keepAliveMs = wroteMs + KEEP_ALIVE_MS;
      const waitMs = Math.min(nextMs, keepAliveMs) - clock.monotonicMs();
      if (waitMs > 0) await clock.sleep(waitMs, ending.signal);
      const nowMs = clock.monotonicMs();
      if (nowMs >= nextMs) {
        nextMs = (Math.floor(nowMs / everyMs) + 1) * everyMs;
        const events = await Promise.all(asks.map(async (one) => event(one.ask, await one.next())));
        const text = events.join("");
        if (text !== "") return text;
      }
      if (nowMs >= keepAliveMs) return ": still here\n\n";
    }
  };

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`));
        ending.signal.addEventListener("abort", () => close(controller), { once: true });
      },
      async pull(controller) {
        const text = await next().catch((thrown) => {
          if (ending.signal.aborted) return;
          end();
          throw thrown;
        });
        if (text === undefined || ending.signal.aborted) return;
        controller.enqueue(encoder.encode(text));
        wroteMs = clock.monotonicMs();
      },
      cancel: end,
    },
    { highWaterMark: 1 },
  );
}

/** `text` is JSON without line ends, so that one line of data holds it. */
function event(ask: string, told: Told | undefined): string {
  if (!told) return "";
  const [name, field] = told.isAnswer ? ["answer", "answer"] : ["problem", "problem"];
  return `event: ${name}\ndata: {"ask":${JSON.stringify(ask)},"${field}":${told.text}}\n\n`;
}

function close(controller: ReadableStreamDefaultController): void {
  try {
    controller.close();
  } catch {
    // the client has cancelled it
  }
}
