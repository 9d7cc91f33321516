// Sends shoppers to the shop until it is stopped, then says how they fared. From outside: it knows one address only.
import { send } from "./crowd.ts";
import { type Flags, flagsFrom, HELP } from "./flags.ts";
import { visitors } from "./plan/visitors.ts";
import { type Totals, tally } from "./tally.ts";

const TOTALS_EVERY_MS = 5_000;
/** above this share of people who left because of an error the exit code says so */
const TOLERATED = 0.01;

const flags = flagsOrExit();
if (flags.plan > 0) {
  for (const visitor of visitors(flags.crowd).take(flags.plan)) console.log(JSON.stringify(visitor));
  process.exit();
}

const kept = tally();
process.once("SIGTERM", summarizeAndExit);
process.once("SIGINT", summarizeAndExit);
if (flags.isJson) setInterval(() => console.log(JSON.stringify(kept.totals())), TOTALS_EVERY_MS);
await send({ origin: flags.origin, crowd: flags.crowd, endMs: flags.endMs, tally: kept });
summarizeAndExit();

function flagsOrExit(): Flags {
  try {
    const read = flagsFrom(process.argv.slice(2));
    if (read !== "help") return read;
    process.stdout.write(HELP);
    process.exit();
  } catch (error) {
    console.error(`shoppers: ${error instanceof Error ? error.message : error}; --help says more`);
    process.exit(2);
  }
}

function summarizeAndExit(): never {
  const totals = kept.totals();
  console.log(flags.isJson ? JSON.stringify({ ...totals, isFinal: true }) : sentences(totals));
  process.exit(totals.pages === 0 || totals.ends.failed > totals.visitors * TOLERATED ? 1 : 0);
}

function sentences({ visitors, ends, carts, metAnError, pages, pageMs, bots, intents, reasons }: Totals): string {
  const kinds = Object.entries(intents).map(([intent, own]) => `${intent} ${own.visitors}`);
  const programs = Object.entries(bots).map(([kind, count]) => `${kind} ${count}`);
  const times = Object.entries(pageMs).map(([kind, { p50, p95, p99 }]) => `${kind} ${p50}, ${p95}, ${p99}`);
  return [
    `shoppers: ${visitors} came, ${ends.bought} bought, ${ends.looked} only looked, ${ends.declined} had a card declined, ` +
      `${ends.soldOut} came too late, ${ends.dear} found it too dear, ${ends.impatient} lost patience, ${ends.failed} left after an error, ${metAnError} met an error`,
    `  carts: ${carts.made} made, ${carts.bought} bought, ${(carts.abandonedShare * 100).toFixed(0)} % left behind`,
    `  for: ${kinds.join(", ")}; bots: ${programs.join(", ") || "none"}`,
    `  ${pages} pages; ms at p50, p95, p99: ${times.join("; ")}`,
    ...Object.entries(reasons).map(([reason, count]) => `  ${count} × ${reason}`),
  ].join("\n");
}
