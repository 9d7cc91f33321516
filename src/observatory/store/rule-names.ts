// Which names of rules the store has: a span names its rule by a key, which a project never uses twice.
import type { NamedRule } from "../../model/telemetry.ts";
import type { Names } from "../names.ts";

export type StoredRule = readonly [key: number, rule: NamedRule];

export type RuleNames = {
  /** not yet in the store, or there otherwise */
  missing(): readonly StoredRule[];
  /** these have been committed */
  stored(rules: readonly StoredRule[]): void;
};

export function ruleNames(names: Names, known: readonly StoredRule[]): RuleNames {
  const inStore = new Map(known);
  names.rememberRules(inStore);
  return {
    missing: () => [...names.rules()].filter(([key, rule]) => !isSame(inStore.get(key), rule)),
    stored(rules) {
      for (const [key, rule] of rules) inStore.set(key, rule);
    },
  };
}

function isSame(one: NamedRule | undefined, other: NamedRule): boolean {
  return one?.name === other.name && one.countedAs === other.countedAs;
}
