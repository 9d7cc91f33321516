// A bot in the shop: asks at the times of its plan, whatever the answers, one request after the other.
import type { Client } from "../net/client.ts";
import type { Bot } from "../plan/bots.ts";
import { type Contents, read } from "./page.ts";
import { NO_RULES, type Rules, rulesFor } from "./robots-txt.ts";
import { routeOf } from "./route.ts";
import type { SearchIndex } from "./search-index.ts";

type Options = {
  readonly authority: string;
  readonly client: Client;
  readonly index: SearchIndex;
  /** nothing more is asked for then */
  readonly ending: AbortSignal;
  readonly watch: { page(ms: number): void; request(bytes: number): void; error(reason: string): void };
};

const TIMEOUT_MS = 10_000;
const MOST_LINKS = 500;

export async function crawl(bot: Bot, { authority, client, index, ending, watch }: Options): Promise<void> {
  const headers = {
    host: authority,
    "user-agent": bot.userAgent,
    accept: bot.bot === "scraper" ? "*/*" : "text/html,*/*;q=0.8",
    connection: "keep-alive",
  };
  const frontier = new Set(["/"]);
  const visited = new Set<string>();
  let rules = NO_RULES;

  async function ask(method: "GET" | "HEAD", path: string): Promise<string | undefined> {
    const started = performance.now();
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const { status, body } = await client.exchange({ method, path, headers }, signal);
      watch.request(body.length);
      if (path !== "/robots.txt") watch.page(performance.now() - started);
      if (status >= 500) watch.error(`${method} ${routeOf(path)} answered ${status} to a bot`);
      return status < 300 ? Buffer.from(body).toString() : undefined;
    } catch (error) {
      const reason = signal.aborted ? "no answer in time" : error instanceof Error ? error.message : String(error);
      watch.error(`${method} ${routeOf(path)} broke for a bot: ${reason}`);
      return undefined;
    }
  }

  async function followOne(rank: number): Promise<void> {
    const open = [...frontier].filter((path) => rules.allows(path));
    const path = open[Math.floor(rank * open.length)];
    if (!path) return;
    frontier.delete(path);
    visited.add(path);
    const html = await ask("GET", path);
    if (html !== undefined) take(read(html, path));
  }

  function take({ links, next }: Contents): void {
    if (bot.bot === "crawler") index.learn(links);
    for (const path of next ? [next, ...links] : links) {
      if (frontier.size < MOST_LINKS && !visited.has(path)) frontier.add(path);
    }
  }

  async function act(rank: number, i: number): Promise<void> {
    switch (bot.bot) {
      case "crawler":
        if (i === 0) rules = (await robotsTxt()) ?? NO_RULES;
        return followOne(rank);
      case "scraper":
        return followOne(rank);
      case "watcher": // the same few products each time
        await ask("GET", index.product(bot.ranks[i % 3] ?? 0) ?? "/");
        return;
      case "probe":
        await ask("HEAD", "/");
    }
  }

  async function robotsTxt(): Promise<Rules | undefined> {
    const text = await ask("GET", "/robots.txt");
    const product = /(\w+bot)\b/i.exec(bot.userAgent)?.[1] ?? "*";
    return text === undefined ? undefined : rulesFor(text, product);
  }

  const started = performance.now();
  for (const [i, rank] of bot.ranks.entries()) {
    await Bun.sleep(Math.max(started + i * bot.everyMs - performance.now(), 0));
    if (ending.aborted) break;
    await act(rank, i);
  }
  client.close();
}
