// The names of the rules that spans name by a key. Rules that are gone keep theirs for as long as the agent lives: what they
// carried may still be on its way.
import type { MeshConfig } from "../../model/snapshot.ts";

export function ruleNames(current: () => MeshConfig | undefined): (key: number) => string | undefined {
  const names = new Map<number, string>();
  let learned: MeshConfig | undefined;
  return (key) => {
    const config = current();
    if (config && config !== learned) {
      learned = config;
      for (const { rules } of config.routing.http) for (const rule of rules) names.set(rule.key, rule.name);
    }
    return names.get(key);
  };
}
