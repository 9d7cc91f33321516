// What a funnel says in words: one sentence, and what was taken for granted.
import { FEW } from "../../statistics/proportion.ts";
import type { Unit } from "../log.ts";
import type { CompiledFunnel, FunnelDefinition } from "./definition.ts";
import type { FunnelStep } from "./types.ts";

export function verdict(steps: readonly FunnelStep[], unit: Unit): string {
  const [first, last] = [steps[0]!, steps.at(-1)!];
  if (first.entered === 0) return `no ${unit} reached ${first.name}, the first step`;
  const through = `${last.entered} of ${first.entered} ${unit}s (${percent(last.entered / first.entered)}) came through`;
  const few = first.entered < FEW ? `; fewer than ${FEW}, so read it as a hint` : "";
  const most = steps.slice(0, -1).reduce((worst, step) => (step.lost > worst.lost ? step : worst), first);
  if (most.lost === 0) return `${through}${few}`;
  return `${through}; most are lost after ${most.name}: ${most.lost} of ${most.entered} do not go on${few}`;
}

export function assumptions({ graceMs, order }: CompiledFunnel, { unit, reentry }: FunnelDefinition): string[] {
  return [
    ...(graceMs > 0 ? [`steps within ${graceMs / 1000} s of each other are simultaneous`] : []),
    ...(unit === "session" ? ["a session ends with 30 minutes of silence"] : []),
    ...(order === "any" ? ["step n is: n of the steps, whichever they are"] : []),
    ...(reentry === "every" ? ["each attempt counts, so a visitor may count more than once"] : []),
    "whoever was under way when the events end counts as lost",
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
