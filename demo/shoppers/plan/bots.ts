// Visitors that are programs: each kind with its manner. They have no cookie and load no images.
import { dataCentreAddress } from "./addresses.ts";
import { between, pick, pickByShare, type Random, rank } from "./random.ts";

export type BotKind = "crawler" | "scraper" | "watcher" | "probe";

export type Bot = {
  readonly kind: "bot";
  readonly number: number;
  /** after the start */
  readonly atMs: number;
  readonly bot: BotKind;
  readonly userAgent: string;
  readonly address: string;
  /** from the begin of a request to that of the next, to the millisecond as programs are */
  readonly everyMs: number;
  /** one request each: which of the addresses it knows, 0 … below 1 */
  readonly ranks: readonly number[];
};

type Model = {
  readonly share: number;
  readonly bot: BotKind;
  readonly userAgents: readonly [string, ...string[]];
  readonly everyMs: number;
  readonly requests: readonly [fewest: number, most: number];
};

const MODELS: readonly [Model, ...Model[]] = [
  {
    share: 40,
    bot: "crawler",
    userAgents: [
      "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
      "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
      "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.3; +https://openai.com/gptbot)",
      "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    ],
    everyMs: 500,
    requests: [4, 16],
  },
  {
    share: 25,
    bot: "scraper",
    userAgents: ["python-requests/2.32.5", "Scrapy/2.13.3 (+https://scrapy.org)", "Go-http-client/1.1"],
    everyMs: 120,
    requests: [10, 40],
  },
  {
    share: 15,
    bot: "watcher",
    userAgents: ["PriceWatch/3.1 (+https://pricewatch.example/bot)"],
    everyMs: 1_000,
    requests: [10, 10],
  },
  {
    share: 20,
    bot: "probe",
    userAgents: ["Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", "Blackbox Exporter/0.27.0"],
    everyMs: 2_000,
    requests: [6, 6],
  },
];

export function bot(random: Random, number: number, atMs: number): Bot {
  const { bot, userAgents, everyMs, requests } = pickByShare(random, MODELS);
  const userAgent = pick(random, userAgents);
  const address = dataCentreAddress(random);
  const ranks = Array.from({ length: between(random, ...requests) }, () => rank(random));
  return { kind: "bot", number, atMs, bot, userAgent, address, everyMs, ranks };
}
