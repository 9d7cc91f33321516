// Which namespaces the address asks for, when one is unfolded or folded. Pure.
import type { MapAnswer } from "../../src/api/types.ts";

type Folded = Pick<MapAnswer, "namespaces">;

export function unfolded({ namespaces }: Folded, name: string): string[] {
  return namespaces.filter((one) => one.isExpanded || one.name === name).map((one) => one.name);
}

export function folded({ namespaces }: Folded, name: string): string[] {
  return namespaces.filter((one) => one.isExpanded && one.name !== name).map((one) => one.name);
}
