// An answer is as sure as the least sure of what it rests on.
import type { Answer, Confidence, State } from "./answer.ts";

const BY_SURENESS: readonly Confidence[] = ["low", "medium", "high"];

export function leastSure(...of: readonly Confidence[]): Confidence {
  return BY_SURENESS.find((one) => of.includes(one)) ?? "low";
}

/** less of what was added is a part of the cause at most */
const EXPLAINS = 0.6;

/** What an answer still is when its first finding explains so much. */
export function asFarAs(
  explained: number,
  { state, confidence }: Answer,
): { readonly state: State; readonly confidence: Confidence } {
  if (explained >= EXPLAINS || state !== "explained") return { state, confidence };
  return { state: "partly", confidence: leastSure(confidence, "medium") };
}
