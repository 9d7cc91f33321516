// Whether a fault is felt at all where it was to show: a balancer may leave an ill workload alone, or a host have room for more.
import { feltIn, figuresOf } from "../../../demo/faults/felt.ts";
import type { Truth } from "../../../demo/faults/injector.ts";
import type { Demo } from "../../support/demo.ts";

const BEFORE_MS = 100_000;

type Stat = { readonly rows: readonly (Parameters<typeof figuresOf>[0] & { readonly service: string })[] };

/** @param to until when, RFC 3339; nothing of what is no fault */
export async function feltOf(
  ask: Demo["ask"],
  { symptom, onset }: Truth,
  to: string,
): Promise<{ readonly feltIn?: readonly string[] }> {
  if (!symptom) return {};
  const stat = async (from: string, until: string) => {
    const { rows } = await ask<Stat>("stat", { service: symptom.service, from, to: until });
    return figuresOf(rows[0] ?? { failures: 0, requests: 0 });
  };
  const from = new Date(Date.parse(onset.from) - BEFORE_MS).toISOString();
  const [before, meanwhile] = await Promise.all([stat(from, onset.from), stat(onset.to ?? onset.from, to)]);
  return { feltIn: feltIn(before, meanwhile, symptom.metric) };
}
