// `npm run bench -- <suite> [--only a,b] [--quick] [--json] [--save]`. Figures go to stdout, everything else to stderr.
import { parseArgs } from "node:util";
import { compare } from "./compare/suite.ts";
import { http1 } from "./http1/suite.ts";
import { journeys } from "./journeys/suite.ts";
import { ledger } from "./ledger/suite.ts";
import { routes } from "./routes/suite.ts";
import { stitch } from "./stitch/suite.ts";
import type { Figure, Section, Suite, SuiteOptions } from "./suite.ts";
import { startCleanup } from "./support/children.ts";
import { printTable } from "./support/report.ts";
import { saveResults } from "./support/save.ts";
import { telemetry } from "./telemetry/suite.ts";
import { why } from "./why/suite.ts";

const SUITES: readonly Suite[] = [http1, compare, stitch, telemetry, journeys, routes, why, ledger];

const line = ({ name, about }: Pick<Section, "name" | "about">) => `${name.padEnd(10)} ${about}`;
const USAGE = `Usage: npm run bench -- <suite> [--only <section,…>] [--cases <case,…>] [--seeds <n|from-to>] [--keep <folder>]
                          [--quick] [--json] [--save]

Suites:
${SUITES.map((suite) => `  ${line(suite)}`).join("\n")}

Sections of compare:
${compare.sections.map((section) => `  ${line(section)}`).join("\n")}

Sections of stitch:
${stitch.sections.map((section) => `  ${line(section)}`).join("\n")}

Sections of routes:
${routes.sections.map((section) => `  ${line(section)}`).join("\n")}

Sections of telemetry:
${telemetry.sections.map((section) => `  ${line(section)}`).join("\n")}

Sections of journeys:
${journeys.sections.map((section) => `  ${line(section)}`).join("\n")}

Sections of why:
${why.sections.map((section) => `  ${line(section)}`).join("\n")}

Sections of ledger:
${ledger.sections.map((section) => `  ${line(section)}`).join("\n")}

  --only     these sections of the suite
  --cases    these cases of them; the live sections of why and journeys have the demo's faults
  --seeds    each case so many times, each time drawn anew; or with these seeds, such as 4-6
  --keep     what was seen is written into this folder, to look at afterwards
  --quick    each section within 45 seconds, less exact
  --json     one array of {name, value, unit, goal, ok, stretch?, peer?} on stdout and nothing else
  --save     writes date, machine and figures to bench/results/

Ends with 0 when every goal is met, 1 when one is missed or a section fails, 2 after a wrong use.`;

/** `3`: 1, 2 and 3; `4-6`: 4, 5 and 6; none: it is neither */
function seedsIn(text: string): number[] {
  const [, first = "", last] = /^([1-9]\d{0,3})(?:-([1-9]\d{0,3}))?$/.exec(text) ?? [];
  const [from, to] = last === undefined ? [1, Number(first)] : [Number(first), Number(last)];
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);
}

async function main(): Promise<number> {
  const { values, positionals } = readArguments();
  const [name, ...surplus] = positionals;
  if (values.help || name === undefined) {
    console.log(USAGE);
    return 0;
  }
  const suite = SUITES.find((candidate) => candidate.name === name);
  if (!suite) return misused(`there is no suite "${name}"`);
  if (surplus.length > 0) return misused(`one suite at a time, not also ${surplus.join(" ")}`);
  const wanted = values.only?.split(",") ?? suite.sections.map((section) => section.name);
  const unknown = wanted.filter((section) => !suite.sections.some((one) => one.name === section));
  if (unknown.length > 0) return misused(`${suite.name} has no section ${unknown.join(", ")}`);

  const sections = suite.sections.filter((section) => wanted.includes(section.name));
  const { cases, keep } = values;
  const seeds = values.seeds === undefined ? undefined : seedsIn(values.seeds);
  if (seeds?.length === 0) return misused(`--seeds is a number from 1, or such as 4-6, not ${values.seeds}`);
  const options: SuiteOptions = {
    isQuick: values.quick,
    say: (text: string) => console.error(text),
    ...(cases !== undefined && { cases: cases.split(",") }),
    ...(seeds !== undefined && { seeds }),
    ...(keep !== undefined && { keep }),
  };
  const { figures, hasFailed } = await runAll(sections, options);
  if (values.json) console.log(JSON.stringify(figures));
  else printTable(figures);
  if (values.save) console.error(`saved as ${await saveResults(suite.name, values.quick, figures)}`);
  return !hasFailed && figures.every(({ ok }) => ok) ? 0 : 1;
}

/** One that fails costs the others nothing: what they found is still told. */
async function runAll(sections: readonly Section[], options: SuiteOptions) {
  const cleanup = startCleanup();
  const figures: Figure[] = [];
  let hasFailed = false;
  for (const { name, run } of sections) {
    options.say(`── ${name}`);
    try {
      figures.push(...(await run(options)));
    } catch (error) {
      options.say(`bench: ${name}: ${error instanceof Error ? error.message : String(error)}`);
      hasFailed = true;
    } finally {
      await cleanup();
    }
  }
  return { figures, hasFailed };
}

function misused(text: string): number {
  console.error(`${text}\n\n${USAGE}`);
  return 2;
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        only: { type: "string" },
        cases: { type: "string" },
        seeds: { type: "string" },
        keep: { type: "string" },
        quick: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        save: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    process.exit(misused(error instanceof Error ? error.message : String(error)));
  }
}

process.exit(await main());
