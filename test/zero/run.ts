// Kinds of events, one after the other, on one project under load: from its start to its row.
import { systemClock as clock } from "../../src/base/clock.ts";
import type { Kind } from "./events.ts";
import { type Load, project as makeProject } from "./project.ts";
import { type Row, tally } from "./tally.ts";

export type Options = {
  /** how often each kind is done */
  readonly events: number;
  /** requests a second */
  readonly rate: number;
  readonly say: (text: string) => void;
  readonly signal?: AbortSignal;
  /** waits with nothing happening, before and after */
  readonly calm?: () => Promise<void>;
  /** leaves the project's folder, with all logs */
  readonly keep?: boolean;
};

export async function run(kinds: readonly Kind[], options: Options): Promise<Row> {
  const { say, keep = false, calm = async () => {} } = options;
  const project = makeProject();
  const loads: Record<string, Load> = {};
  try {
    project.reshape({});
    project.configure(0);
    await project.meshwise(["up", "-d"]);
    const steps = kinds.map((kind) => ({ kind, step: kind.begin(project) }));
    for (const from of ["outside", "inside"] as const) loads[from] = await project.load(from, options.rate / 2);
    await calm();
    const trouble: string[] = [];
    let repeated = 0;
    for (const { kind, step } of steps) {
      const done = await repeat(kind.name, step, options);
      repeated += done.repeated;
      trouble.push(...done.trouble);
    }
    await calm();
    const ended = Object.entries(loads).map(async ([name, load]) => [name, await load.end()] as const);
    const results = Object.fromEntries(await Promise.all(ended));
    const examples = Object.values(results).flatMap((one) => one.examples);
    const slowest = Object.entries(results).map(([name, one]) => `the slowest from ${name}: ${one.slowest.join(", ")}`);
    for (const text of [...trouble, ...examples, ...slowest]) say(`  ${text}`);
    const event = {
      event: kinds.map(({ name }) => name).join(", "),
      repeated,
      isForInformation: kinds.some((kind) => kind.isForInformation === true),
      trouble,
    };
    return tally(event, results, project.records());
  } finally {
    for (const load of Object.values(loads)) load.kill();
    await project.meshwise(["down"]).catch((thrown: Error) => say(thrown.message));
    if (keep) say(`kept: ${project.folder}`);
    else project.remove();
  }
}

/** Returns how often it came about, and what came in the way. */
async function repeat(name: string, step: (n: number) => Promise<unknown>, { events, say, signal }: Options) {
  const trouble: string[] = [];
  let repeated = 0;
  const startMs = clock.monotonicMs();
  for (let n = 1; n <= events; n++) {
    try {
      signal?.throwIfAborted();
      await step(n);
      repeated++;
    } catch (thrown) {
      trouble.push(`${name} ${n}: ${(thrown as Error).message}`);
      if (signal?.aborted) break;
    }
    say(`${name}: ${n} of ${events}, ${((clock.monotonicMs() - startMs) / 1000).toFixed(1)} s`);
  }
  return { repeated, trouble };
}
