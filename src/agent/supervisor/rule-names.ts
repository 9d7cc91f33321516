// The names of the rules that spans name by a key. Rules that are gone keep theirs for as long as the agent lives: what they
// carried may still be on its way.
import type { MeshConfig } from "../../model/snapshot.ts";
import type { NamedRule } from "../../model/telemetry.ts";

export function ruleNames(current: () => MeshConfig | undefined): (key: number) => NamedRule | undefined {
  const known = new Map<number, NamedRule>();
  let learned: MeshConfig | undefined;
  return (key) => {
    const config = current();
    if (config && config !== learned) {
      learned = config;
      for (const { rules } of config.routing.http) {
        for (const { key, name, countedAs } of rules) known.set(key, { name, ...(countedAs && { countedAs }) });
      }
    }
    return known.get(key);
  };
}
