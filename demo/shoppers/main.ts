// Sends shoppers to the shop until it is stopped, then says how they fared. From outside: it knows one address only.
//   bun demo/shoppers/main.ts --url http://127.0.0.1:8080 [--rate 2] [--think 800] [--seed 1] [--seconds 60] [--json]
import { parseArgs } from "node:util";
import { visits } from "./plan.ts";
import { type Outcome, shop } from "./visitor.ts";

const { values: flags } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:8080" },
    rate: { type: "string", default: "2" },
    think: { type: "string", default: "800" },
    seed: { type: "string", default: "1" },
    seconds: { type: "string", default: "Infinity" },
    json: { type: "boolean", default: false },
  },
});

const rate = positive("rate", flags.rate);
const meanThinkMs = positive("think", flags.think);
const endMs = positive("seconds", flags.seconds) * 1000;
const origin = flags.url.replace(/\/$/, "");

function positive(name: string, text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  console.error(`--${name} must be a number above 0, not ${JSON.stringify(text)}`);
  process.exit(2);
}

const ends: Record<Outcome["end"], number> = { bought: 0, declined: 0, looked: 0, impatient: 0, failed: 0 };
const KEPT_PAGES = 100_000; // the newest, so that days of shopping need no more memory than an hour
const pageMs: number[] = [];
let pages = 0;
const reasons = new Map<string, number>();
let inside = 0;

function leave(outcome: Outcome): void {
  inside -= 1;
  ends[outcome.end] += 1;
  for (const ms of outcome.pageMs) pageMs[pages++ % KEPT_PAGES] = ms;
  if (outcome.reason) reasons.set(outcome.reason, (reasons.get(outcome.reason) ?? 0) + 1);
}

function summarize(): void {
  const sorted = pageMs.toSorted((a, b) => a - b);
  const at = (share: number) => Number((sorted[Math.ceil(sorted.length * share) - 1] ?? 0).toFixed(1));
  const visitors = Object.values(ends).reduce((sum, count) => sum + count, 0);
  const summary = { visitors, inside, ...ends, pages, p50: at(0.5), p99: at(0.99) };
  if (flags.json) console.log(JSON.stringify({ ...summary, reasons: Object.fromEntries(reasons) }));
  else {
    console.log(
      `shoppers: ${visitors} came, ${ends.bought} bought, ${ends.looked} only looked, ${ends.declined} had a card declined, ` +
        `${ends.impatient} lost patience, ${ends.failed} met an error; ${pages} pages, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
    );
    for (const [reason, count] of reasons) console.log(`  ${count} × ${reason}`);
  }
}

function stop(): void {
  summarize();
  process.exit(0);
}
process.once("SIGTERM", stop);
process.once("SIGINT", stop);

const started = performance.now();
for (const visit of visits({ seed: Number(flags.seed), rate, meanThinkMs })) {
  if (visit.atMs > endMs) break;
  await Bun.sleep(Math.max(visit.atMs - (performance.now() - started), 0));
  inside += 1;
  void shop(origin, visit).then(leave);
}
while (inside > 0) await Bun.sleep(50);
summarize();
