// Single exchanges in a live stream: first the newest, then on each beat those that came since. At most so many a second
// are shown and the others counted; a client that does not read costs one bounded queue.
import type { Clock } from "../../base/clock.ts";
import type { TapFilter } from "../../observatory/query/condition.ts";
import type { Exchange } from "../../observatory/query/exchange.ts";
import type { Queries } from "../../observatory/query/queries.ts";
import { answer, tapRow } from "../answer.ts";
import type { LiveTapAnswer } from "../types.ts";
import type { LiveAsk } from "./ask.ts";

export type TapAskDeps = { readonly clock: Clock; readonly queries: Pick<Queries, "tap" | "follow" | "followed"> };

const FIRST_ROWS = 50;
/** rows a second */
const RATE = 100;
/** rows that wait for a client: what it missed beyond that it would not read either */
const MOST_WAITING = 3 * RATE;

export function tapAsk({ clock, queries }: TapAskDeps, ask: string, filter: TapFilter): LiveAsk {
  let waiting: Exchange[] = [];
  let skipped = 0;
  let tokens = RATE;
  let refilledMs = clock.monotonicMs();
  let toldUs: number | undefined;

  const close = queries.follow(filter, (exchange) => {
    const nowMs = clock.monotonicMs();
    tokens = Math.min(RATE, tokens + ((nowMs - refilledMs) / 1000) * RATE);
    refilledMs = nowMs;
    if (tokens < 1 || waiting.length >= MOST_WAITING) {
      skipped++;
      return;
    }
    tokens--;
    waiting.push(exchange);
  });

  const told = (document: LiveTapAnswer) => ({ isAnswer: true, text: JSON.stringify(document) });
  return {
    ask,
    close,
    async next() {
      const nowUs = clock.nowUs();
      if (toldUs === undefined) {
        toldUs = nowUs;
        const newest = await queries.tap(filter, FIRST_ROWS);
        // what came while we asked is in both
        const last = newest.rows.at(-1)?.ordinal ?? Number.NEGATIVE_INFINITY;
        waiting = waiting.filter(({ ordinal }) => ordinal > last);
        return told({ ...answer(newest, tapRow), skipped: 0 });
      }
      if (waiting.length + skipped === 0) return undefined;
      const found = queries.followed(toldUs, waiting, skipped);
      const document = { ...answer(found, tapRow), skipped };
      waiting = [];
      skipped = 0;
      toldUs = nowUs;
      return told(document);
    },
  };
}
