// What a suite is, and what it returns.

export type Figure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** such as "≤ 1.1"; null: for information */
  readonly goal: string | null;
  /** the goal is met; true without goal */
  readonly ok: boolean;
  /** what it is compared with, with its version */
  readonly peer?: string;
};

export type SuiteOptions = {
  /** within 45 s in all */
  readonly isQuick: boolean;
  /** progress, for people */
  readonly say: (text: string) => void;
};

export type Suite = {
  readonly name: string;
  /** one line for the list */
  readonly about: string;
  run(options: SuiteOptions): Promise<readonly Figure[]>;
};

export function atMost(goal: number, name: string, value: number, unit: string, peer: string): Figure {
  return { name, value: rounded(value), unit, goal: `≤ ${goal}`, ok: value <= goal, peer };
}

export function information(name: string, value: number, unit: string, peer?: string): Figure {
  return { name, value: rounded(value), unit, goal: null, ok: true, ...(peer !== undefined && { peer }) };
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
