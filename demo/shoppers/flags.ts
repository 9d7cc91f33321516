// The command line: what may be said, and a sentence for what may not.
import { parseArgs } from "node:util";
import { type Origin, originOf } from "./net/client.ts";
import type { Surge } from "./plan/arrivals.ts";
import { INTENT_SHARES, type Intent } from "./plan/intents.ts";
import type { Crowd } from "./plan/visitors.ts";

export const HELP = `Sends shoppers to a shop until it is stopped, then says how they fared.

  bun demo/shoppers/main.ts --url http://127.0.0.1:8080
  bun demo/shoppers/main.ts --rate 8 --seconds 60 --json
  bun demo/shoppers/main.ts --surge 4@60+30      four times the visitors for 30 s, from second 60 on

  --url       the shop (http://127.0.0.1:8080)
  --rate      new people per second at the quietest time of the day, which lasts five minutes; 1.3 × at the busiest (5)
  --think     ms a person thinks before a step, on average (800)
  --bots      share of bots among all visits; they come on top of the people (0.1)
  --intent    what all people come for, such as search or glance (each for something of their own)
  --surge     factor@from+seconds: a sale
  --seed      the same seed brings the same shoppers (1)
  --seconds   then nobody new comes, and it ends when all have left (until stopped)
  --json      totals as a line of JSON every 5 s and at the end
  --plan      prints the first so many visitors as lines of JSON, without visiting anything

Exit code: 0; 1 when nobody saw a page or more than one in a hundred left because of an error; 2 for a mistake in the command.
`;

export type Flags = {
  readonly origin: Origin;
  readonly crowd: Crowd;
  /** ms; infinite unless asked for */
  readonly endMs: number;
  readonly isJson: boolean;
  /** how many visitors to print instead of sending them */
  readonly plan: number;
};

/** "help" when that is asked for; throws a sentence for a mistake. */
export function flagsFrom(args: readonly string[]): Flags | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: "string", default: "http://127.0.0.1:8080" },
      rate: { type: "string", default: "5" },
      think: { type: "string", default: "800" },
      bots: { type: "string", default: "0.1" },
      intent: { type: "string" },
      surge: { type: "string" },
      seed: { type: "string", default: "1" },
      seconds: { type: "string" },
      json: { type: "boolean", default: false },
      plan: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const bots = number("bots", values.bots);
  if (bots < 0 || bots >= 1) throw new Error("--bots is a share from 0 to below 1");
  const seed = number("seed", values.seed);
  if (!Number.isInteger(seed)) throw new Error("--seed is a whole number");
  const intent = values.intent === undefined ? {} : { intent: intentNamed(values.intent) };
  const crowd = {
    seed,
    rate: above0("rate", values.rate),
    meanThinkMs: above0("think", values.think),
    bots,
    ...intent,
  };
  return {
    origin: originOf(values.url),
    crowd: values.surge === undefined ? crowd : { ...crowd, surge: surge(values.surge) },
    endMs: values.seconds === undefined ? Number.POSITIVE_INFINITY : above0("seconds", values.seconds) * 1000,
    isJson: values.json,
    plan: values.plan === undefined ? 0 : above0("plan", values.plan),
  };
}

function intentNamed(text: string): Intent {
  const found = INTENT_SHARES.find(({ intent }) => intent === text)?.intent;
  if (found) return found;
  throw new Error(`--intent is one of ${INTENT_SHARES.map(({ intent }) => intent).join(", ")}, not ${text}`);
}

function surge(text: string): Surge {
  const [, factor, from, seconds] = /^(\d+(?:\.\d+)?)@(\d+(?:\.\d+)?)\+(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (!Number(factor)) throw new Error(`--surge is factor@from+seconds, such as 4@60+30, not ${JSON.stringify(text)}`);
  return { factor: Number(factor), fromMs: Number(from) * 1000, forMs: Number(seconds) * 1000 };
}

function above0(name: string, text: string): number {
  const value = number(name, text);
  if (value <= 0) throw new Error(`--${name} is a number above 0, not ${JSON.stringify(text)}`);
  return value;
}

function number(name: string, text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new Error(`--${name} is a number, not ${JSON.stringify(text)}`);
  return value;
}
