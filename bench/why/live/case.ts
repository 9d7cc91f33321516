// What was made in the running shop, what was asked and answered, and how right that is.
import { join } from "node:path";
import type { Truth } from "../../../demo/faults/injector.ts";
import type { WhyAnswer } from "../../../src/api/types.ts";
import { atLeast, atMost, type Figure, information } from "../../suite.ts";
import { median } from "../../support/median.ts";
import type { Verdict } from "./judge.ts";

/** Who asks does not know when it began. */
export const WINDOW_S = 70;
export const WINDOW = { since: `${WINDOW_S}s`, baseline: "2m" };

export type Asked = Verdict & {
  readonly fault: string;
  readonly truth: Truth;
  readonly answer: WhyAnswer;
  /** when it was asked, RFC 3339 */
  readonly to: string;
  /** to `meshwise why` alone, at the same time */
  readonly open: WhyAnswer;
  readonly unasked: Verdict;
  /** s from when it was there to the first answer with the right service that stayed right; absent: none did */
  readonly rightAfterS?: number;
  readonly tookMs: number;
  /** in which figures of the service that it was to show at; of nothing, or kept before this was looked at: absent */
  readonly feltIn?: readonly string[];
};

export function symptomOf({ symptom }: Truth): Readonly<Record<string, string>> {
  return { ...(symptom?.service && { service: symptom.service }), ...(symptom?.metric && { metric: symptom.metric }) };
}

/** In the folder of what is kept: `json`, or the store, `duckdb`. */
export function fileOf(folder: string, { fault, truth }: Pick<Asked, "fault" | "truth">, ending: string): string {
  return join(folder, `${fault}-${truth.seed}.${ending}`);
}

export const HEAD =
  "fault, seed: the truth → what was said | top-1, top-3, exact, class; asked nothing in particular | onset error s, right after s, confidence, state, ms of an answer";

export function lineOf({ fault, truth, answer, unasked, rightAfterS, tookMs, feltIn, ...verdict }: Asked): string {
  const yes = (is: boolean) => (is ? "+" : "-");
  const named = ({ service, workload, version, route }: WhyAnswer["findings"][number]["subject"]) =>
    [workload ?? service, version, route].filter(Boolean).join(" ");
  const causes = truth.causes.map(({ subject, classes }) => `${named(subject as never)} (${classes.join("/")})`);
  const said = answer.findings.slice(0, 3).map((one) => `${named(one.subject)} (${one.class})`);
  return [
    `${fault}, ${truth.seed}: ${causes.join(" + ") || "nothing"} → ${said.join(", ") || "nothing"}`,
    `${[verdict.isTop1, verdict.isTop3, verdict.isExact, verdict.isClass].map(yes).join("")} ${yes(unasked.isTop1)}`,
    `${verdict.onsetErrorS?.toFixed(1) ?? "–"} ${rightAfterS?.toFixed(0) ?? "–"} ${answer.confidence} ${answer.state} ${tookMs.toFixed(0)}`,
    ...(feltIn ? [feltIn.length > 0 ? `felt in ${feltIn.join(", ")}` : "not felt"] : []),
  ].join(" | ");
}

/** @param section that asked */
export function figuresOf(asked: readonly Asked[], section: string): Figure[] {
  const faulty = asked.filter(({ truth }) => truth.causes.length > 0);
  const quiet = asked.filter(({ truth }) => truth.causes.length === 0);
  const felt = faulty.filter(({ feltIn = [] }) => feltIn.length > 0);
  const high = faulty.filter(({ answer }) => answer.confidence === "high");
  const percent = (those: readonly Asked[], is: (one: Asked) => boolean) =>
    those.length === 0 ? Number.NaN : (100 * those.filter(is).length) / those.length;
  const middle = (of: (one: Asked) => number | undefined) =>
    median(faulty.map(of).filter((value): value is number => value !== undefined));
  const top1 = (one: Asked) => one.isTop1;
  return [
    atLeast(`${section}: top-1`, percent(faulty, top1), "%", { goal: 90 }),
    information(`${section}: top-1 of those that are felt where they are to show`, percent(felt, top1), "%"),
    information(`${section}: felt`, felt.length, "cases"),
    information(
      `${section}: top-3`,
      percent(faulty, (one) => one.isTop3),
      "%",
    ),
    information(
      `${section}: top-1 with its workload, version or route`,
      percent(faulty, (one) => one.isExact),
      "%",
    ),
    information(
      `${section}: top-1, asked nothing in particular`,
      percent(faulty, ({ unasked }) => unasked.isTop1),
      "%",
    ),
    atLeast(
      `${section}: class`,
      percent(faulty, (one) => one.isClass),
      "%",
      { goal: 90 },
    ),
    atMost(
      `${section}: onset error, median`,
      middle((one) => one.onsetErrorS),
      "s",
      { goal: 10 },
    ),
    atMost(
      `${section}: right answer after, median`,
      middle((one) => one.rightAfterS),
      "s",
      { goal: 60 },
    ),
    atLeast(`${section}: high confidence is right`, percent(high, top1), "%", { goal: 95 }),
    atLeast(
      `${section}: high confidence is given`,
      percent(faulty, ({ answer }) => answer.confidence === "high"),
      "% of answers",
      { goal: 60 },
    ),
    atMost(
      `${section}: false findings when nothing is wrong`,
      quiet.filter((one) => !one.isTop1 || !one.unasked.isTop1).length,
      "cases",
      { goal: 0 },
    ),
    information(
      `${section}: time of an answer, median`,
      middle((one) => one.tookMs),
      "ms",
    ),
    information(`${section}: cases`, asked.length, "cases"),
  ];
}
