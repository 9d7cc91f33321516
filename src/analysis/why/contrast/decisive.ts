// Whether the trouble of a service is confined to one workload, version, route, caller or input of it.
import type { Contrast, Named, Subject, Trait } from "../answer.ts";

/** It holds this part of what is unusually bad, and is bad so many times as often as the others. */
const COVERS = 0.7;
const LIFT = 3;

export function decisive(contrast: Contrast | undefined): Trait | undefined {
  const [first] = contrast?.traits ?? [];
  return first && first.covers >= COVERS && first.share >= LIFT * first.others ? first : undefined;
}

/** It is slow, or fails, for this caller alone. */
export function isFor(caller: string, contrast: Contrast | undefined): boolean {
  const trait = decisive(contrast);
  return trait?.attribute === "caller" && trait.value === caller;
}

/** What an answer adds to the service that it names. */
export function narrowed(trait: Trait | undefined): Omit<Subject, "service"> {
  const names = new Map([trait, ...(trait?.same ?? [])].map((one) => [one?.attribute, one?.value]));
  const [workload, version, route] = (["workload", "version", "route"] as const).map((name) => names.get(name));
  return { ...(workload && { workload }), ...(version && { version }), ...(route && { route }) };
}

/** `in workload cart-2`, `on GET /cart/{id}`, `with requests of 8 KiB to 64 KiB` */
export function where({ attribute, value }: Named): string {
  switch (attribute) {
    case "workload":
    case "version":
      return `in ${attribute} ${value}`;
    case "route":
      return `on ${value}`;
    case "caller":
    case "caller's workload":
      return `with requests of ${value}`;
    case "input":
      return `with ${value}`;
    case "request size":
      return `with requests of ${value}`;
    case "connection":
      return value === "new" ? "on new connections" : "on connections that were used before";
    case "protocol":
      return `over ${value}`;
  }
}
