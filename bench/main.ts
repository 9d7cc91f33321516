// `npm run bench -- <suite> [--quick] [--json] [--save]`. Figures go to stdout, everything else to stderr.
import { parseArgs } from "node:util";
import { http1 } from "./http1/suite.ts";
import type { Suite } from "./suite.ts";
import { startCleanup } from "./support/children.ts";
import { printTable } from "./support/report.ts";
import { saveResults } from "./support/save.ts";

const SUITES: readonly Suite[] = [http1];

const USAGE = `Usage: npm run bench -- <suite> [--quick] [--json] [--save]

Suites:
${SUITES.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`).join("\n")}

  --quick    within 45 seconds, less exact
  --json     one array of {name, value, unit, goal, ok, peer?} on stdout and nothing else
  --save     writes date, machine and figures to bench/results/

Ends with 0 when every goal is met, 1 when one is missed or a suite fails, 2 after a wrong use.`;

async function main(): Promise<number> {
  const { values, positionals } = readArguments();
  const [name, ...surplus] = positionals;
  if (values.help || name === undefined) {
    console.log(USAGE);
    return 0;
  }
  const suite = SUITES.find((candidate) => candidate.name === name);
  if (!suite || surplus.length > 0) {
    console.error(suite ? `one suite at a time, not also ${surplus.join(" ")}` : `there is no suite "${name}"`);
    console.error(`\n${USAGE}`);
    return 2;
  }

  const cleanup = startCleanup();
  try {
    const figures = await suite.run({ isQuick: values.quick, say: (text) => console.error(text) });
    if (values.json) console.log(JSON.stringify(figures));
    else printTable(figures);
    if (values.save) console.error(`saved as ${await saveResults(suite.name, values.quick, figures)}`);
    return figures.every(({ ok }) => ok) ? 0 : 1;
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    await cleanup();
  }
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        save: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    process.exit(2);
  }
}

process.exit(await main());
