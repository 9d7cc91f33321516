// `npm run soak -- [duration]`: a project under a steady load that is changed all the time. What grows, what is lost?
import { parseArgs } from "node:util";
import type { HostState } from "../../src/api/host-types.ts";
import type { Answer, EdgeRow } from "../../src/api/types.ts";
import { systemClock as clock } from "../../src/base/clock.ts";
import { durationMs } from "../../src/cli/values.ts";
import { type Load, project as makeProject, type Project } from "../zero/project.ts";
import { wrongUse } from "../zero/wrong-use.ts";
import { judgeAll, type Verdict } from "./judge.ts";
import { type Watch, watch } from "./watch.ts";

const USAGE = `Usage: npm run soak -- [duration] [--rate N] [--still]

Puts a project under a steady load, half of it POST, for so long (5m), changes routes and policies each five seconds and
replaces every replica each half minute, and watches the memory and the descriptors of the mesh's own processes.

  --rate N   requests a second (500)
  --still    changes nothing

Ends with 0 when nothing grew, no request failed and every one was counted; 1 otherwise; 2 after a wrong use.`;

const LOOK_MS = 2_000;
const CONFIG_MS = 5_000;
const ROLL_MS = 30_000;
/** it keeps ten minutes of figures and the store's cache */
const BOUNDED = { observatory: 320 };

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rate: { type: "string", default: "500" },
      still: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const lengthMs = durationOf(positionals[0] ?? "5m");
  const rate = Number(values.rate);
  if (lengthMs === undefined || positionals.length > 1 || !(rate >= 2)) {
    console.error(USAGE);
    return 2;
  }
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopping.abort());
  return soak({ lengthMs, rate, isStill: values.still, signal: stopping.signal });
}

function durationOf(text: string): number | undefined {
  try {
    return durationMs(text);
  } catch {
    return undefined;
  }
}

type Options = {
  readonly lengthMs: number;
  readonly rate: number;
  readonly isStill: boolean;
  readonly signal: AbortSignal;
};

async function soak({ lengthMs, rate, isStill, signal }: Options): Promise<number> {
  const project = makeProject();
  const loads: Load[] = [];
  try {
    project.reshape({});
    project.configure(0);
    await project.meshwise(["up", "-d"]);
    const { processes, apiUrl } = await state(project);
    for (const from of ["outside", "inside"] as const) loads.push(await project.load(from, rate / 2));
    const seen = watch(processes);
    const changes = isStill ? 0 : await under(project, seen, lengthMs, signal);
    if (isStill) await watching(seen, lengthMs, signal);
    const results = await Promise.all(loads.map((load) => load.end()));
    const sent = results.reduce((sum, one) => sum + one.requests, 0);
    const failures = results.reduce((sum, one) => sum + one.failures, 0);
    const counted = await countedOf(apiUrl as string, sent, lengthMs);
    for (const text of results.flatMap((one) => one.examples)) console.error(`  ${text}`);
    const verdicts = judgeAll(seen.courses(), BOUNDED);
    console.log(table(verdicts).join("\n"));
    console.log(`\n${sent} requests, ${failures} failed, ${counted} counted, ${changes} changes`);
    const trouble = [
      ...verdicts.flatMap(({ name, trouble }) => trouble.map((text) => `${name} ${text}`)),
      ...[...seen.gone].map((name) => `${name} ended`),
      ...(failures > 0 ? [`${failures} requests failed`] : []),
      ...(counted === sent ? [] : [`${sent} requests were sent and ${counted} counted`]),
      ...(signal.aborted ? ["it was stopped"] : []),
    ];
    for (const text of trouble) console.log(`TROUBLE: ${text}`);
    return trouble.length === 0 ? 0 : 1;
  } finally {
    for (const load of loads) load.kill();
    await project.meshwise(["down"]).catch((thrown: Error) => console.error(thrown.message));
    project.remove();
  }
}

/** Changes things while it watches; returns how many changes were made. */
async function under(project: Project, seen: Watch, lengthMs: number, signal: AbortSignal): Promise<number> {
  let changes = 0;
  let isOver = false;
  const again = async (everyMs: number, change: (n: number) => unknown) => {
    for (let n = 1; !isOver; n++) {
      await clock.sleep(everyMs);
      if (isOver) return;
      await change(n);
      changes++;
    }
  };
  const changing = Promise.all([
    again(CONFIG_MS, project.configure),
    again(ROLL_MS, (n) => {
      project.reshape({ revision: n });
      return project.meshwise(["up", "-d"]);
    }),
  ]);
  await Promise.race([watching(seen, lengthMs, signal), changing]);
  isOver = true;
  await changing;
  return changes;
}

async function watching(seen: Watch, lengthMs: number, signal: AbortSignal): Promise<void> {
  const startMs = clock.monotonicMs();
  for (let atMs = 0; atMs < lengthMs && !signal.aborted; atMs = clock.monotonicMs() - startMs) {
    seen.look(atMs);
    if (process.stderr.isTTY) process.stderr.write(`\r${Math.round(atMs / 1000)} of ${lengthMs / 1000} s `);
    await clock.sleep(LOOK_MS);
  }
}

async function state(project: Project): Promise<HostState> {
  for (;;) {
    const now = JSON.parse(await project.meshwise(["ps", "-o", "json"])) as HostState;
    if (now.processes.some(({ role }) => role === "worker") && now.apiUrl !== undefined) return now;
    await clock.sleep(100);
  }
}

/** What the observatory counted once it has all, or what it has after a while. */
async function countedOf(apiUrl: string, sent: number, lengthMs: number): Promise<number> {
  const since = `${Math.ceil(lengthMs / 1000) + 300}s`;
  let counted = 0;
  let rows: readonly EdgeRow[] = [];
  for (const untilMs = clock.monotonicMs() + 15_000; clock.monotonicMs() < untilMs; await clock.sleep(500)) {
    const answer = (await (await fetch(`${apiUrl}/api/v1/edges?since=${since}`)).json()) as Answer<EdgeRow>;
    counted = answer.rows.reduce((sum, row) => sum + row.requests, 0);
    if (counted === sent) return counted;
    rows = answer.rows;
  }
  for (const { source, destination, protocol, requests } of rows) {
    console.error(`  counted: ${requests} of ${protocol} from ${source} to ${destination}`);
  }
  return counted;
}

function table(verdicts: readonly Verdict[]): string[] {
  const rows = verdicts.map((one) => [
    one.name,
    `${one.pssMiB.toFixed(1)} MiB`,
    `${one.slopeMiBPerMin >= 0 ? "+" : ""}${one.slopeMiBPerMin.toFixed(2)} MiB/min`,
    `${one.descriptors}`,
    `${one.moreDescriptors >= 0 ? "+" : ""}${one.moreDescriptors}`,
  ]);
  const all = [["PROCESS", "PSS", "SLOPE", "DESCRIPTORS", "MORE"], ...rows];
  const widths = (all[0] as string[]).map((_, i) => Math.max(...all.map((row) => (row[i] as string).length)));
  return all.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] as number))
      .join("  ")
      .trimEnd(),
  );
}

process.exit(await main().catch(wrongUse(USAGE)));
