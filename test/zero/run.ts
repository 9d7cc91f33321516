// One kind of event against one project, from its start to its row.
import { systemClock as clock } from "../../src/base/clock.ts";
import { FIRST_SHAPE, type Kind } from "./events.ts";
import { type Load, project as makeProject } from "./project.ts";
import { type Row, tally } from "./tally.ts";

export type Options = {
  readonly events: number;
  /** requests a second */
  readonly rate: number;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
  /** leaves the project's folder, with all logs */
  readonly keep?: boolean;
};

/** with nothing happening, before and after */
const CALM_MS = 2_000;

export async function run(kind: Kind, options: Options): Promise<Row> {
  const { say, keep = false } = options;
  const project = makeProject();
  const loads: Record<string, Load> = {};
  try {
    project.shape(FIRST_SHAPE);
    project.configure(0);
    await project.meshwise(["up", "-d"]);
    const step = kind.begin(project);
    for (const from of ["outside", "inside"] as const) loads[from] = await project.load(from, options.rate / 2);
    await clock.sleep(CALM_MS);
    const { repeated, trouble } = await repeat(kind.name, step, options);
    await clock.sleep(CALM_MS);
    const ended = Object.entries(loads).map(async ([name, load]) => [name, await load.end()] as const);
    const results = Object.fromEntries(await Promise.all(ended));
    const examples = Object.values(results).flatMap((one) => one.examples);
    for (const text of [...trouble, ...examples]) say(`  ${text}`);
    const event = { event: kind.name, repeated, isForInformation: kind.isForInformation === true, trouble };
    return tally(event, results, project.records());
  } finally {
    for (const load of Object.values(loads)) load.kill();
    await project.meshwise(["down"]).catch((thrown: Error) => say(thrown.message));
    if (keep) say(`kept: ${project.folder}`);
    else project.remove();
  }
}

async function repeat(name: string, step: (n: number) => Promise<unknown>, { events, say, signal }: Options) {
  const trouble: string[] = [];
  let repeated = 0;
  for (let n = 1; n <= events && !signal.aborted; n++) {
    try {
      await step(n);
      repeated++;
    } catch (thrown) {
      trouble.push(`${name} ${n}: ${(thrown as Error).message}`);
    }
    say(`${name}: ${n} of ${events}`);
  }
  return { repeated, trouble };
}
