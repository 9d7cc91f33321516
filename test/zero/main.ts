// `npm run zero`: see README.md.
import { parseArgs } from "node:util";
import { systemClock } from "../../src/base/clock.ts";
import { KINDS } from "./events.ts";
import { run } from "./run.ts";
import { isSound, type Row, table } from "./tally.ts";
import { wrongUse } from "./wrong-use.ts";

const USAGE = `Usage: npm run zero -- [--events N] [--rate N] [--only event,…] [--keep]

Puts a project under a steady load, half of it POST, and does to it what a day brings: ${KINDS.map(({ name }) => name).join(", ")}.
No request may fail, and no POST may be carried out twice.

  --events N     how often each is done (50)
  --rate N       requests a second (1000)
  --only a,b     only these events
  --keep         leaves the project's folder, with the logs, and says where it is

Ends with 0 when nothing failed, 1 otherwise, 2 after a wrong use.`;

const CALM_MS = 2_000;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      events: { type: "string", default: "50" },
      rate: { type: "string", default: "1000" },
      only: { type: "string" },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [events, rate] = [Number(values.events), Number(values.rate)];
  const names = values.only?.split(",") ?? KINDS.map(({ name }) => name);
  const kinds = KINDS.filter(({ name }) => names.includes(name));
  if (!(events >= 1) || !(rate >= 2) || kinds.length !== names.length) {
    console.error(USAGE);
    return 2;
  }
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopping.abort());
  const rows: Row[] = [];
  const calm = () => systemClock.sleep(CALM_MS);
  const say = (text: string) => console.error(text);
  for (const kind of kinds) {
    if (stopping.signal.aborted) break;
    rows.push(await run([kind], { events, rate, say, signal: stopping.signal, calm, keep: values.keep }));
  }
  console.log(table(rows).join("\n"));
  return rows.every(isSound) && !stopping.signal.aborted ? 0 : 1;
}

process.exit(await main().catch(wrongUse(USAGE)));
