// CPU time per request: of each contender in turns, under the same load. Medians of rounds are compared.
import { cpuBetween, readCpu } from "./cpu-time.ts";
import { type Run, warmUp } from "./http-load.ts";
import { median } from "./median.ts";
import { inTurns } from "./turns.ts";

export type Measured = {
  readonly name: string;
  /** whose CPU time counts, their children's included */
  readonly pids: readonly number[];
  readonly run: Run;
  readonly isCompiledLate: boolean;
};

export type Effort = { readonly rounds: number; readonly roundS: number; readonly warmS: number };

export const QUICK: Effort = { rounds: 5, roundS: 1, warmS: 6 };
export const FULL: Effort = { rounds: 9, roundS: 2, warmS: 15 };

/** µs of CPU time per request and requests per second, by contender */
export type Cost = { readonly us: number; readonly perSecond: number };

export async function requestCosts(
  contenders: readonly Measured[],
  { rounds, roundS, warmS }: Effort,
  say: (text: string) => void,
): Promise<readonly Cost[]> {
  const costs = new Map<Measured, number[]>(contenders.map((one) => [one, []]));
  const rates = new Map<Measured, number[]>(contenders.map((one) => [one, []]));
  for (const one of contenders) {
    say(`warming up ${one.name}`);
    await warmUp(one.run, one.isCompiledLate ? warmS : 1);
  }
  await inTurns(contenders, { rounds, say }, async (one) => {
    const before = readCpu(...one.pids);
    const { requests, seconds } = await one.run(roundS);
    const us = cpuBetween(before, readCpu(...one.pids)) / 1000 / requests;
    costs.get(one)!.push(us);
    rates.get(one)!.push(requests / seconds);
    return `${us.toFixed(2)} µs`;
  });
  return contenders.map((one) => ({ us: median(costs.get(one)!), perSecond: median(rates.get(one)!) }));
}
