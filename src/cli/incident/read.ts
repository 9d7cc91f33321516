// A recorded incident as facts: case.json and the files it names.
import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { z } from "zod";
import { type Facts, STATISTICS, type Statistic, type Symptom } from "../../analysis/why/facts.ts";
import { MeshError } from "../../base/errors/index.ts";
import { csvReader } from "../../protocol/events/csv.ts";
import { Misread } from "../../protocol/events/misread.ts";
import type { Context } from "../context.ts";
import { textOf } from "../events/source.ts";
import { type Sample, sampleRows } from "./samples.ts";
import { factsOf } from "./table.ts";

const AVERAGE: Readonly<Record<string, Statistic>> = { average: "mean", avg: "mean", median: "p50" };
const path = z.string().min(1);
const schema = z.object({
  interval_s: z.number().positive(),
  target: z.object({
    service: z.string().min(1),
    metric: z.enum(["latency", "availability"]),
    statistic: z.preprocess((value) => {
      const small = typeof value === "string" ? value.toLowerCase() : value;
      return AVERAGE[small as string] ?? small;
    }, z.enum(STATISTICS)),
    at: z.number().nonnegative(),
  }),
  edges: path,
  baseline: path,
  incident: path,
});

export async function readCase(context: Context, file: string): Promise<{ facts: Facts; symptom: Symptom }> {
  const recorded = parse(file, await textIn(resolve(context.directory, file), file));
  const beside = (name: string) => (isAbsolute(name) ? name : join(dirname(file), name));
  const edges: [string, string][] = [];
  await readRows(context, beside(recorded.edges), edgeRows(edges));
  const usual: Sample[] = [];
  const window: Sample[] = [];
  await readRows(context, beside(recorded.baseline), sampleRows(usual));
  await readRows(context, beside(recorded.incident), sampleRows(window));
  const facts = factsOf({ edges, usual, window, intervalS: recorded.interval_s });
  const { service: name, ...symptom } = recorded.target;
  const service = facts.services.findIndex((one) => one.name === name);
  if (service < 0) throw new MeshError("case_invalid", `${file}: target.service ${name} is in none of its files`);
  return { facts, symptom: { ...symptom, service } };
}

async function textIn(file: string, shown: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (thrown) {
    throw new MeshError("case_unreadable", `${shown}: ${reason(thrown)}`, { cause: thrown });
  }
}

function parse(file: string, text: string): z.infer<typeof schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw new MeshError("case_invalid", `${file}: ${reason(thrown)}`, { cause: thrown });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new MeshError("case_invalid", `${file}: ${issue?.path.join(".") || "the document"}: ${issue?.message}`);
}

async function readRows(context: Context, file: string, onRow: (fields: readonly string[], line: number) => void) {
  try {
    const reader = csvReader(onRow);
    for await (const text of textOf(context, file)) reader.push(text);
    reader.end();
  } catch (thrown) {
    if (thrown instanceof Misread) {
      throw new MeshError("case_invalid", `${file}:${thrown.line} ${thrown.message}`, { cause: thrown });
    }
    if (thrown instanceof MeshError && thrown.code === "events_unreadable") {
      throw new MeshError("case_unreadable", thrown.message, { cause: thrown });
    }
    throw thrown;
  }
}

/** Each edge once; a service does not wait for itself. */
function edgeRows(into: [string, string][]) {
  const seen = new Set<string>();
  return (fields: readonly string[], line: number) => {
    const [source = "", target = ""] = fields;
    if (fields.length !== 2 || source === "" || target === "") throw new Misread(line, "is not source,target");
    const key = `${source}\n${target}`;
    if (line === 1 || source === target || seen.has(key)) return;
    seen.add(key);
    into.push([source, target]);
  };
}

function reason(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
