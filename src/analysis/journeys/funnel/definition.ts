// What a funnel is asked to be, and the same in bits by event, which is what the search reads.
import type { DeclaredJourney } from "../../../model/journey.ts";
import type { EventLog, Unit } from "../log.ts";

export type Order = "ordered" | "strict" | "any";

/** An event that must not lie between two steps that follow each other: everywhere, or only after step `after` (from 1). */
export type Exclusion = { readonly event: string; readonly after?: number };

export type FunnelDefinition = {
  /** each is a name of an event, or several with ` | ` between; `*` stands for any text */
  readonly steps: readonly string[];
  readonly order: Order;
  readonly unit: Unit;
  /** from the first step to the last, ms; Infinity: as long as the case lasts */
  readonly windowMs: number;
  readonly exclusions: readonly Exclusion[];
  /** `once`: a case counts once, by how far it came; `every`: by each of its attempts, one after the other */
  readonly reentry: "once" | "every";
};

/** One bit for a step, and the sign is left alone. */
export const MAX_STEPS = 30;
/** Steps within it are simultaneous: clocks and parallel requests do not order them. ms */
export const GRACE_MS = 2000;

export type CompiledFunnel = {
  readonly steps: number;
  readonly order: Order;
  readonly windowMs: number;
  /** ms; 0 when an event may be two of the steps, for then what comes first is all that tells them apart */
  readonly graceMs: number;
  /** by event: bit i when it is step i */
  readonly isStep: Uint32Array;
  /** by event: bit i when it must not come after step i and before the next */
  readonly forbids: Uint32Array;
};

/** Steps in words, `GET /product/{id} > POST /cart`. @returns a complaint that follows "the funnel " */
export function readSteps(text: string): readonly string[] | { readonly wrong: string } {
  const steps = text.split(/\s+>\s+/).map((step) => step.trim());
  if (steps.some((step) => step === "")) return { wrong: "has a step without a name" };
  if (steps.length < 2) return { wrong: "needs two steps or more, with ` > ` between them" };
  if (steps.length > MAX_STEPS) return { wrong: `has ${steps.length} steps, and ${MAX_STEPS} are the most` };
  return steps;
}

export function compileFunnel(
  { names }: Pick<EventLog, "names">,
  definition: FunnelDefinition,
): CompiledFunnel | { readonly wrong: string } {
  const { steps, order, windowMs, exclusions } = definition;
  const isStep = new Uint32Array(names.length);
  const forbids = new Uint32Array(names.length);
  mark(isStep, names, steps);
  const gaps = 2 ** (steps.length - 1) - 1;
  for (const { event, after } of exclusions) {
    if (after !== undefined && (after < 1 || after >= steps.length)) {
      return { wrong: `has no step ${after} that another follows` };
    }
    if (after !== undefined && order === "any")
      return { wrong: "in any order has no steps to exclude an event between" };
    for (const code of matching(names, event))
      forbids[code] = (forbids[code] as number) | (after ? 1 << (after - 1) : gaps);
  }
  const isAmbiguous = isStep.some((bits) => (bits & (bits - 1)) !== 0);
  if (isAmbiguous && order === "any") return { wrong: "in any order has an event that is two of its steps" };
  const graceMs = order === "ordered" && !isAmbiguous ? GRACE_MS : 0;
  return { steps: steps.length, order, windowMs, graceMs, isStep, forbids };
}

/** Those of the definition that no event of the log is. */
export function unknownSteps(names: readonly string[], steps: readonly string[]): string[] {
  return steps.filter((step) => matching(names, step).length === 0);
}

function mark(bits: Uint32Array, names: readonly string[], steps: readonly string[]): void {
  for (const [at, step] of steps.entries()) {
    for (const code of matching(names, step)) bits[code] = (bits[code] as number) | (1 << at);
  }
}

/** A name that is there word for word is meant so, whatever signs it has. */
function matching(names: readonly string[], step: string): number[] {
  const exact = names.indexOf(step);
  if (exact >= 0) return [exact];
  const patterns = step.split(" | ").map((part) => part.trim().split("*"));
  return [...names.keys()].filter((code) => patterns.some((parts) => fits(names[code] as string, parts)));
}

/** In linear time: each part at its first place after the one before. */
function fits(name: string, parts: readonly string[]): boolean {
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

export function declaredFunnel({ steps, order, unit, windowS, exclude, reentry }: DeclaredJourney): FunnelDefinition {
  return {
    ...{ steps, order, unit, exclusions: exclude.map((event) => ({ event })), reentry: reentry ? "every" : "once" },
    windowMs: windowS === undefined ? Number.POSITIVE_INFINITY : windowS * 1000,
  };
}
