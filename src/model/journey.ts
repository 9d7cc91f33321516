// A journey that a user has declared: steps whose conversion is worth watching.

export type DeclaredJourney = {
  readonly name: string;
  /** names of routes as `meshwise journeys` tells them, ` | ` between those that are as good as each other, `*` for any text */
  readonly steps: readonly string[];
  readonly order: "ordered" | "strict" | "any";
  readonly unit: "visitor" | "session";
  /** from the first step to the last, s; absent: as long as the case lasts */
  readonly windowS?: number;
  /** events that must not lie between two steps */
  readonly exclude: readonly string[];
  /** each attempt counts, and not the best one */
  readonly reentry: boolean;
};
