// Sends the planned visitors into the shop at their times and keeps the tally.
import { client, type Origin } from "./net/client.ts";
import { BACKBONE, link } from "./net/link.ts";
import type { Bot } from "./plan/bots.ts";
import type { Person } from "./plan/person.ts";
import { type Crowd, type Visitor, visitors } from "./plan/visitors.ts";
import type { Account, Tally } from "./tally.ts";
import { browser } from "./walk/browser.ts";
import { crawl } from "./walk/robot.ts";
import { routeOf } from "./walk/route.ts";
import { searchIndex } from "./walk/search-index.ts";
import { shop } from "./walk/shopper.ts";

type Options = { readonly origin: Origin; readonly crowd: Crowd; readonly endMs: number; readonly tally: Tally };

/** Resolves when, after `endMs`, nobody is inside; bots stop at once, people finish what they came for. */
export async function send({ origin, crowd, endMs, tally }: Options): Promise<void> {
  const index = searchIndex();
  const ending = new AbortController();
  let bots = 0;

  async function sendPerson(person: Person): Promise<void> {
    const account: Account = { hasCart: false, hasMetError: false };
    const kind = person.device.class;
    const own = browser(origin, person.address, person.device, {
      page: (ms) => tally.page(kind, ms),
      request: tally.request,
      assetFailed: (path, reason) => tally.reason(`GET ${routeOf(path)} ${reason}`),
    });
    const notes = {
      cartMade: () => {
        account.hasCart = true;
      },
      error: (reason: string) => {
        account.hasMetError = true;
        tally.reason(reason);
      },
      left: tally.left,
      cameBack: tally.cameBack,
    };
    tally.came();
    const end = await shop(person, { origin: `http://${origin.authority}`, browser: own, index, notes });
    tally.ended(person.intent, end, account);
  }

  async function sendBot(bot: Bot): Promise<void> {
    const own = client({ origin, address: bot.address, link: link(BACKBONE), limit: 1 });
    const watch = { page: (ms: number) => tally.page("bot", ms), request: tally.request, error: tally.reason };
    bots += 1;
    await crawl(bot, { authority: origin.authority, client: own, index, ending: ending.signal, watch });
    bots -= 1;
    tally.bot(bot.bot);
  }

  const sendOne = (visitor: Visitor) => (visitor.kind === "person" ? sendPerson(visitor) : sendBot(visitor));

  const started = performance.now();
  // search engines know the shop before anybody comes
  void untilKnown(index, sendBot, ending.signal);
  for (const visitor of visitors(crowd)) {
    if (visitor.atMs > endMs) break;
    const waitMs = visitor.atMs - (performance.now() - started);
    if (waitMs > 0) await Bun.sleep(waitMs);
    void sendOne(visitor);
  }
  ending.abort();
  while (tally.inside() + bots > 0) await Bun.sleep(50);
}

const FIRST_CRAWL = { kind: "bot", number: 0, atMs: 0, bot: "crawler", everyMs: 50 } as const;

async function untilKnown(
  index: { size(): number },
  sendBot: (bot: Bot) => Promise<void>,
  ending: AbortSignal,
): Promise<void> {
  const userAgent = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
  const ranks = Array.from({ length: 12 }, () => 0);
  while (index.size() === 0 && !ending.aborted) {
    await sendBot({ ...FIRST_CRAWL, userAgent, address: "127.50.0.1", ranks });
    if (index.size() === 0) await Bun.sleep(2_000);
  }
}
