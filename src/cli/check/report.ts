// The checks' outcome as people read it: groups, a mark and a fact per line, what to do beneath each failure.
import { type Tone, tint } from "../output/colour.ts";
import type { TableStyle } from "../output/table.ts";
import { printable } from "../output/width.ts";
import type { CheckResult, Group } from "./types.ts";

const MARK: Readonly<Record<CheckResult["kind"], { readonly mark: string; readonly tone: Tone }>> = {
  ok: { mark: "√", tone: "good" },
  warning: { mark: "‼", tone: "warning" },
  failure: { mark: "×", tone: "bad" },
};

/** One after the other, each group told as soon as it is known. */
export async function* results(groups: readonly Group[]): AsyncGenerator<CheckResult[]> {
  for (const group of groups) {
    const found: CheckResult[] = [];
    for (const check of group.checks) found.push({ group: group.name, name: check.name, ...(await check.look()) });
    if (found.length > 0) yield found;
  }
}

export function groupLines(found: readonly CheckResult[], style: TableStyle): string[] {
  const name = found[0]?.group ?? "";
  return [
    tint(name, "strong", style.colour),
    "-".repeat(name.length),
    ...found.flatMap((one) => lines(one, style)),
    "",
  ];
}

function lines(result: CheckResult, { colour, wide }: TableStyle): string[] {
  const { mark, tone } = MARK[result.kind];
  const head = tint(mark, tone, colour);
  if (result.kind === "ok") {
    return [
      `${head} ${result.name}${result.detail && wide ? tint(` (${printable(result.detail)})`, "quiet", colour) : ""}`,
    ];
  }
  const detail = result.detail.split("\n").map((line) => `    ${printable(line)}`);
  return [`${head} ${result.name}`, ...detail, `    ${tint("→", tone, colour)} ${result.fix}`];
}

export function summary(all: readonly CheckResult[], colour: boolean): string {
  const count = (kind: CheckResult["kind"]) => all.filter((result) => result.kind === kind).length;
  const failures = count("failure");
  const warnings = count("warning");
  const text = `${plural(failures, "failure")}, ${plural(warnings, "warning")}, ${count("ok")} of ${all.length} in order`;
  const { mark, tone } = MARK[failures > 0 ? "failure" : warnings > 0 ? "warning" : "ok"];
  return `${tint(mark, tone, colour)} ${text}`;
}

function plural(count: number, word: string): string {
  return `${count === 0 ? "no" : count} ${word}${count === 1 ? "" : "s"}`;
}
