// An answer is as sure as the least sure of what it rests on.
import type { Confidence } from "./answer.ts";

const BY_SURENESS: readonly Confidence[] = ["low", "medium", "high"];

export function leastSure(...of: readonly Confidence[]): Confidence {
  return BY_SURENESS.find((one) => of.includes(one)) ?? "low";
}
