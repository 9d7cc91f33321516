// What a suite is, and what it returns.

export type Figure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** such as "≤ 1.1"; null: for information */
  readonly goal: string | null;
  /** the goal is met; true without goal */
  readonly ok: boolean;
  /** what we are after beyond the goal; it decides nothing */
  readonly stretch?: string;
  /** what it is compared with, with its version */
  readonly peer?: string;
};

export type SuiteOptions = {
  /** short and less exact */
  readonly isQuick: boolean;
  /** of these cases alone, of a section that has such; all unless said */
  readonly cases?: readonly string[];
  /** each case is drawn anew with each; as the section thinks fit unless said */
  readonly seeds?: readonly number[];
  /** a folder for what a section saw, to look at afterwards */
  readonly keep?: string;
  /** progress, for people */
  readonly say: (text: string) => void;
};

/** A part that can be run alone. It throws when a request failed, or when there is nothing to compare. */
export type Section = {
  readonly name: string;
  /** one line for the list */
  readonly about: string;
  run(options: SuiteOptions): Promise<readonly Figure[]>;
};

export type Suite = { readonly name: string; readonly about: string; readonly sections: readonly Section[] };

type Comparison = { readonly goal: number; readonly stretch?: number; readonly peer?: string };

export function atMost(name: string, value: number, unit: string, comparison: Comparison): Figure {
  return compared("≤", value <= comparison.goal, name, value, unit, comparison);
}

export function atLeast(name: string, value: number, unit: string, comparison: Comparison): Figure {
  return compared("≥", value >= comparison.goal, name, value, unit, comparison);
}

export function information(name: string, value: number, unit: string, peer?: string): Figure {
  return { name, value: rounded(value), unit, goal: null, ok: true, ...(peer !== undefined && { peer }) };
}

function compared(
  sign: "≤" | "≥",
  ok: boolean,
  name: string,
  value: number,
  unit: string,
  { goal, stretch, peer }: Comparison,
): Figure {
  return {
    name,
    value: rounded(value),
    unit,
    goal: `${sign} ${goal}`,
    ok,
    ...(stretch !== undefined && { stretch: `${sign} ${stretch}` }),
    ...(peer !== undefined && { peer }),
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
