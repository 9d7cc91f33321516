// `npm run sim -- [seeds] [--from N] [--seed N] [--mutations]`: runs the data plane on a virtual clock and network.
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { checkMutations } from "./mutations.ts";
import type { Progress } from "./runner.ts";
import { simulate } from "./simulate.ts";

const USAGE = `Usage: npm run sim -- [seeds] [--from N]
       npm run sim -- --seed N
       npm run sim -- --mutations

Runs the real data plane with simulated clients, servers, network and clock. The same seed is the same run.

  seeds        how many seeds to run, in parallel on all cores (1000)
  --from N     the first seed (1)
  --seed N     runs one and writes what happens, line by line
  --mutations  plants known mistakes into the data plane, one after the other, and shows that each is found

Ends with 0 when nothing was found (with --mutations: everything was), 1 otherwise, 2 after a wrong use.`;

const SHOWN_FAILURES = 5;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      from: { type: "string", default: "1" },
      seed: { type: "string" },
      mutations: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
    allowPositionals: true,
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (values.mutations) return checkMutations(console.log);
  if (values.seed !== undefined) return one(Number(values.seed));
  const seeds = Number(positionals[0] ?? 1000);
  const from = Number(values.from);
  if (!Number.isInteger(seeds) || !Number.isInteger(from) || seeds < 1) {
    console.error(USAGE);
    return 2;
  }
  return many(from, seeds);
}

function one(seed: number): number {
  const { violations } = simulate(seed, console.log);
  for (const { rule, detail } of violations) console.log(`VIOLATED "${rule}": ${detail}`);
  return violations.length > 0 ? 1 : 0;
}

async function many(from: number, seeds: number): Promise<number> {
  const lanes = Math.min(cpus().length, seeds);
  const sum = { seeds: 0, requests: 0, events: 0, virtualMs: 0, failures: [] as Array<Progress["failures"][number]> };
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const ticker = setInterval(() => {
    console.error(`${sum.seeds} of ${seeds} seeds, ${sum.failures.length} failed, ${seconds().toFixed(0)} s`);
  }, 1000);

  const codes = await Promise.all(
    Array.from({ length: lanes }, (_, lane) => {
      const count = Math.ceil((seeds - lane) / lanes);
      return runLane([from + lane, count, lanes], (progress) => {
        sum.seeds += progress.seeds;
        sum.requests += progress.requests;
        sum.events += progress.events;
        sum.virtualMs += progress.virtualMs;
        for (const failure of progress.failures) {
          sum.failures.push(failure);
          if (sum.failures.length <= SHOWN_FAILURES) tell(failure);
        }
      });
    }),
  );
  clearInterval(ticker);
  const took = seconds();
  console.log(
    `${sum.seeds} seeds, ${sum.failures.length} failed; ${sum.requests} requests, ${sum.events} events, ` +
      `${(sum.virtualMs / 3_600_000).toFixed(1)} h of virtual time in ${took.toFixed(1)} s ` +
      `(${(sum.seeds / took).toFixed(0)} seeds/s, ${(sum.events / sum.seeds).toFixed(0)} events a seed)`,
  );
  if (sum.failures.length > SHOWN_FAILURES) console.log(`failed: ${sum.failures.map(({ seed }) => seed).join(" ")}`);
  const isBroken = codes.some((code) => code !== 0) || sum.seeds !== seeds;
  if (isBroken) console.error(`a process that runs seeds ended with ${codes.join(", ")}`);
  return isBroken || sum.failures.length > 0 ? 1 : 0;
}

function tell({ seed, violations }: Progress["failures"][number]): void {
  console.log(`seed ${seed} failed:`);
  for (const { rule, detail } of violations.slice(0, 3)) console.log(`  "${rule}": ${detail}`);
  console.log(`  again, with what happens: npm run sim -- --seed ${seed}`);
}

async function runLane(numbers: readonly number[], take: (progress: Progress) => void): Promise<number> {
  const runner = new URL("runner.ts", import.meta.url).pathname;
  const child = Bun.spawn([process.execPath, runner, ...numbers.map(String)], { stderr: "inherit" });
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of child.stdout) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(JSON.parse(line));
  }
  return child.exited;
}

process.exit(await main());
