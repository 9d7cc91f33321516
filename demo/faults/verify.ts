// Shows that each fault is really there while it lasts, and gone after: makes it against a running demo, and asks
// `meshwise stat` before, meanwhile and after. `bun demo/faults/verify.ts [--seed 1] [--seconds 35] [fault …]`
import { parseArgs } from "node:util";
import { systemClock } from "../../src/base/clock.ts";
import { faults } from "./catalogue.ts";
import type { Fault } from "./fault.ts";
import { type Figures, feltIn, figuresOf } from "./felt.ts";
import { lacks, type Truth } from "./injector.ts";
import { output } from "./shop.ts";

const MESHWISE = `${import.meta.dir}/../../bin/meshwise`;
const PERIOD_MS = 10_000; // figures are kept by ten seconds
const USUAL_MS = 25_000;
/** until queues are empty and what was rolled serves */
const SETTLE_MS = 15_000;

const { values, positionals } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    seconds: { type: "string", default: "35" },
    project: { type: "string", default: "shop" },
  },
  allowPositionals: true,
});

const wanted = positionals.length > 0 ? faults.filter(({ name }) => positionals.includes(name)) : faults;
console.log("fault | place | at | p50 ms: before, meanwhile, after | p95 ms | p99 ms | failed % | verdict");
for (const fault of wanted) console.log(await verify(fault));

async function verify(fault: Fault): Promise<string> {
  const missing = lacks(fault);
  if (missing.length > 0) return `${fault.name} | not here: ${missing.join("; ")}`;
  const began = Date.now();
  const flags = ["--seed", values.seed, "--for", `${values.seconds}s`, "--project", values.project, "-o", "json"];
  const told = await output([MESHWISE, "demo", "fault", fault.name, ...flags]).catch((error: Error) => error);
  if (told instanceof Error) return `${fault.name} | failed: ${told.message.replaceAll("\n", " ")}`;
  const truth = JSON.parse(told) as Truth;
  await systemClock.sleep(SETTLE_MS + USUAL_MS);
  const onset = Date.parse(truth.onset.to ?? "");
  const service = truth.symptom?.service ?? "web";
  const before = await stat(service, began - USUAL_MS, Date.parse(truth.onset.from));
  const meanwhile = await stat(service, onset + PERIOD_MS, Date.parse(truth.until ?? ""));
  const after = await stat(service, Date.now() - USUAL_MS, Date.now());
  const list = (key: keyof Figures) => [before, meanwhile, after].map((one) => one[key].toFixed(1)).join(", ");
  const place = truth.causes.map(({ subject }) => subject.workload ?? subject.service).join(" + ") || "-";
  const verdict = judge(truth, before, meanwhile, after);
  return `${fault.name} | ${place} | ${service} | ${list("p50")} | ${list("p95")} | ${list("p99")} | ${list("failed")} | ${verdict}`;
}

/** Gone: less than a third of that is left. */
function judge({ causes, symptom }: Truth, before: Figures, meanwhile: Figures, after: Figures): string {
  const felt = feltIn(before, meanwhile, symptom?.metric);
  if (causes.length === 0) return felt.length > 0 ? `FELT (${felt}), but nothing was wrong` : "nothing felt";
  if (felt.length === 0) return "NOT FELT";
  const left = felt.filter((key) => after[key] > before[key] + (meanwhile[key] - before[key]) / 3);
  return `felt (${felt}), ${left.length > 0 ? `NOT GONE (${left})` : "gone"}`;
}

async function stat(service: string, fromMs: number, toMs: number): Promise<Figures> {
  const time = (ms: number) => new Date(ms).toISOString();
  const flags = ["--from", time(fromMs), "--to", time(toMs), "-o", "json"];
  const { rows } = JSON.parse(await output([MESHWISE, "-p", values.project, "stat", service, ...flags])) as {
    rows: Parameters<typeof figuresOf>[0][];
  };
  const [row] = rows;
  if (!row) throw new Error(`no figures of ${service}`);
  return figuresOf(row);
}
