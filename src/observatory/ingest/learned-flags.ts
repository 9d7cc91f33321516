// What an exchange does not show by itself, but many of its kind do: that it was a probe, or a long poll. Its flags say so
// from here on, to the figures and to the store.
import { FLAG, METHODS, PROTOCOLS } from "../../model/span.ts";
import type { Batch } from "../../model/span-batch.ts";
import type { SpanColumns } from "../../model/span-buffer.ts";
import type { End } from "../live/series.ts";
import { PROBE_ID } from "../routes/book.ts";
import { longPolls } from "../routes/long-polls.ts";
import { probes } from "../routes/probes.ts";

export type LearnedFlags = {
  /** before it is known under which route it is counted. @param caller id of a peer */
  probe(batch: Batch, row: number, caller: number, called: End): void;
  longPoll(columns: SpanColumns, row: number, route: number): void;
};

const [GET, HEAD] = [METHODS.indexOf("GET"), METHODS.indexOf("HEAD")];
const LAST_HTTP = PROTOCOLS.indexOf("http/1.0");

export function learnedFlags(): LearnedFlags {
  const beats = probes();
  const polls = longPolls();
  return {
    probe({ columns, paths }, row, caller, called) {
      const { method, flags, startUs } = columns;
      if (method[row] !== GET && method[row] !== HEAD) return;
      // also of one that is a probe by its name: it is no part of another one's beat
      if (((flags[row] as number) & FLAG.probe) !== 0) return;
      if (beats.isProbe(caller, called, paths[row] as string, startUs[row] as number)) mark(columns, row, FLAG.probe);
    },
    longPoll(columns, row, route) {
      const { status, error, protocol, responseBytes, end } = columns;
      const answer = status[row] as number;
      if (route <= PROBE_ID || error[row] !== 0 || answer < 200 || answer >= 400) return;
      if ((protocol[row] as number) > LAST_HTTP) return;
      if (polls.waits(route, answer, responseBytes[row] as number, end[row] as number)) mark(columns, row, FLAG.stream);
    },
  };
}

function mark({ flags }: SpanColumns, row: number, flag: number): void {
  flags[row] = (flags[row] as number) | flag;
}
