// `meshwise demo fault`: asks the injector of a running demo, and says what comes of it.
import { parseArgs } from "node:util";
import { stringify } from "yaml";
import { faultNamed, faults } from "./catalogue.ts";
import { findDemo } from "./find.ts";
import { lacks, type Progress, type Truth } from "./injector.ts";

const OK = 0;
const FAILURE = 1;
const USAGE = 2;
/** the terminal and our parent each pass the same Ctrl-C on */
const SAME_PRESS_MS = 300;

type Flags = ReturnType<typeof flagsFrom>;

/** @returns the exit code */
export async function faultCommand(args: readonly string[]): Promise<number> {
  const flags = flagsFrom(args);
  if (flags.list) return list(flags);
  if (flags.name !== undefined && !faultNamed(flags.name)) {
    return fail(USAGE, `there is no fault ${flags.name}; \`meshwise demo fault --list\` has them all`);
  }
  const demo = findDemo(flags.project);
  if (typeof demo !== "string") return fail(FAILURE, demo.problem);
  try {
    if (flags.off) return await off(demo);
    if (flags.truth) return await truths(demo, flags);
    if (flags.name === undefined) return fail(USAGE, "name a fault; `meshwise demo fault --list` has them all");
    return await start(demo, flags);
  } catch (error) {
    return fail(FAILURE, `the demo does not answer: ${error instanceof Error ? error.message : error}`);
  }
}

function flagsFrom(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      list: { type: "boolean", default: false },
      off: { type: "boolean", default: false },
      truth: { type: "boolean", default: false },
      detach: { type: "boolean", default: false },
      seed: { type: "string" },
      "for-ms": { type: "string" },
      project: { type: "string" },
      output: { type: "string", default: "table" },
    },
  });
  return { ...values, name: positionals[0] };
}

function list({ output }: Flags): number {
  const rows = faults.map((fault) => ({ name: fault.name, summary: fault.summary, missing: lacks(fault) }));
  if (output !== "table") print(rows, output);
  else {
    const longest = Math.max(...rows.map(({ name }) => name.length));
    for (const { name, summary, missing } of rows) {
      console.log(`${name.padEnd(longest)}  ${summary}`);
      for (const reason of missing) console.log(`${" ".repeat(longest)}  not here: ${reason}`);
    }
  }
  return OK;
}

async function start(demo: string, flags: Flags): Promise<number> {
  const forMs = flags["for-ms"] === undefined ? undefined : Number(flags["for-ms"]);
  const seed = flags.seed === undefined ? undefined : Number(flags.seed);
  const request = { name: flags.name, seed, forMs, isDetached: flags.detach };
  const response = await fetch(`${demo}fault`, { method: "POST", body: JSON.stringify(request) });
  endOnSignal(demo);
  if (!response.ok || !response.body) return fail(FAILURE, ((await response.json()) as { error: string }).error);
  for await (const progress of lines(response.body)) {
    const code = tell(progress, flags);
    if (code !== undefined) return code;
  }
  return fail(FAILURE, "the demo has ended");
}

/** The first Ctrl-C puts everything back, and we tell how that goes; another one a moment later ends us at once. */
function endOnSignal(demo: string): void {
  let firstMs: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      firstMs ??= performance.now();
      if (performance.now() - firstMs > SAME_PRESS_MS) process.exit(FAILURE);
      void fetch(`${demo}off`, { method: "POST" }).catch(() => {});
    });
  }
}

/** @returns the exit code when there is nothing more to wait for */
function tell(progress: Progress, { output, detach }: Flags): number | undefined {
  if (progress.state === "coming") {
    say(`${progress.fault}, seed ${progress.seed}: it will begin within half a minute`);
    if (detach) say("`meshwise demo fault --off` ends it");
    return detach ? OK : undefined;
  }
  if (progress.state === "on") say("it is there; ask `meshwise why`. Ctrl-C ends it");
  if (progress.state === "ending") say("putting everything back …");
  if (progress.state === "failed") return fail(FAILURE, [progress.reason, ...progress.troubles].join("\n"));
  if (progress.state === "over") {
    if (output === "table") console.log(sentences(progress.truth));
    else print(progress.truth, output);
    if (progress.troubles.length > 0) return fail(FAILURE, `not everything is back: ${progress.troubles.join("\n")}`);
    return OK;
  }
  return progress.state === "idle" ? OK : undefined;
}

async function off(demo: string): Promise<number> {
  const response = await fetch(`${demo}off`, { method: "POST" });
  const { troubles } = (await response.json()) as { troubles: string[] };
  if (troubles.length > 0) return fail(FAILURE, `not everything is back: ${troubles.join("\n")}`);
  say("everything is as before");
  return OK;
}

async function truths(demo: string, { output }: Flags): Promise<number> {
  const all = (await (await fetch(`${demo}truths`)).json()) as Truth[];
  if (output !== "table") print(all, output);
  else console.log(all.map(sentences).join("\n") || "nothing has been broken yet");
  return OK;
}

function sentences({ fault, seed, causes, decoys, onset }: Truth): string {
  const since = `since ${onset.from}`;
  const lines = causes.map(({ classes, subject, what }) => {
    const where = subject.workload ?? `${subject.service}${subject.version ? ` ${subject.version}` : ""}`;
    return `${fault}, seed ${seed}: ${where}, ${classes[0]}, ${since}: ${what}`;
  });
  const innocent = decoys.map(({ what }) => `${fault}, seed ${seed}: innocent at the same time: ${what}`);
  return [...(lines.length > 0 ? lines : [`${fault}, seed ${seed}: nothing was wrong ${since}`]), ...innocent].join(
    "\n",
  );
}

async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<Progress> {
  let rest = "";
  for await (const text of body.pipeThrough(new TextDecoderStream() as never) as unknown as AsyncIterable<string>) {
    const whole = (rest + text).split("\n");
    rest = whole.pop() ?? "";
    for (const line of whole) if (line) yield JSON.parse(line) as Progress;
  }
}

function print(value: unknown, format: string): void {
  process.stdout.write(format === "yaml" ? stringify(value) : `${JSON.stringify(value, undefined, 2)}\n`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function fail(code: number, text: string): number {
  say(`error: ${text}`);
  return code;
}
