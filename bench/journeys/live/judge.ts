// Whether an answer about lost purchases says what demo/answers.yaml has, part by part.
import type { LossAnswer } from "../../../src/api/types.ts";

/** one of demo/answers.yaml */
export type Expected = {
  readonly state: "technical" | "business" | "not-technical" | "undetermined" | "nothing";
  readonly step?: number;
  readonly at?: string;
  readonly says?: string;
  readonly where?: string;
};

export type Asked = Pick<LossAnswer, "state" | "step" | "findings" | "segments" | "change" | "why">;

export type Verdict = {
  /** in all of what follows */
  readonly isRight: boolean;
  readonly isState: boolean;
  readonly isStep: boolean;
  /** the request and what is said of it; without a cause, who is lost */
  readonly isSaid: boolean;
  readonly isService: boolean;
};

type Finding = LossAnswer["findings"][number];

/** @param entry the service that visitors ask: what names no other is met there */
export function judge(expected: Expected, answer: Asked, entry: string): Verdict {
  const { step, at, says } = expected;
  const [first] = answer.findings;
  const parts = {
    isState: isState(expected, answer),
    isStep: step === undefined || answer.step === step,
    isSaid:
      first && at !== undefined ? first.event === at && isSaid(says, first) : says === undefined || isMix(says, answer),
    isService: expected.where === undefined || expected.where === serviceOf(answer, entry),
  };
  return { ...parts, isRight: Object.values(parts).every(Boolean) };
}

function isState({ state }: Expected, { state: said, findings, why }: Asked): boolean {
  switch (state) {
    case "technical":
      return findings.length > 0;
    case "business": // what can be seen, and no more than that somebody meant it
      return findings.length > 0 && (why === null || why.verdict.includes("by intention"));
    case "nothing": // some always leave, and that has no cause
      return findings.length === 0 && said !== "not-enough-data";
    default:
      return said === state;
  }
}

function isSaid(says: string | undefined, { class: kind, what }: Finding): boolean {
  if (says === undefined) return true;
  if (says === "slow") return kind === "slowness";
  if (says === "workload") return kind === "place" && what.startsWith("workload = ");
  return kind === "failure" && new RegExp(`\\b${says.replace(/xx$/, "\\d\\d")}$`).test(what);
}

/** Others come than before: they are among those who are lost more often, or most of the change is due to them. */
function isMix(attribute: string, { findings, segments, change }: Asked): boolean {
  if (findings.length > 0) return false;
  return change?.mix?.attribute === attribute || segments.some(({ what }) => what.startsWith(`${attribute} = `));
}

/** the service that it is met at, or else the one that the question handed over leads to */
function serviceOf({ findings: [first], why }: Asked, entry: string): string | undefined {
  if (!first) return undefined;
  const [, met] = / at (\S+)$/.exec(first.where ?? "") ?? / at (\S+)$/.exec(first.what) ?? [];
  return met ?? why?.cause ?? why?.service ?? entry;
}
