// Which names of rules the store has: a span names its rule by a key, which a project never uses twice.
import type { Names } from "../names.ts";

export type RuleName = readonly [key: number, name: string];

export type RuleNames = {
  /** not yet in the store, or there by another name */
  missing(): readonly RuleName[];
  /** these have been committed */
  stored(rules: readonly RuleName[]): void;
};

export function ruleNames(names: Names, known: readonly RuleName[]): RuleNames {
  const inStore = new Map(known);
  names.learnRules(Object.fromEntries([...inStore].filter(([key]) => names.rule(key) === undefined)));
  return {
    missing: () => [...names.rules()].filter(([key, name]) => inStore.get(key) !== name),
    stored(rules) {
      for (const [key, name] of rules) inStore.set(key, name);
    },
  };
}
