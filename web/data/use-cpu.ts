// The share of a CPU that each process of the mesh uses now: the difference between two answers.
import { useRef } from "react";
import type { Answer, ProcessRow } from "../../src/api/types.ts";

type Answered = Answer<ProcessRow>;

export type Cpu = {
  /** CPUs; undefined until there are two answers */
  of(row: ProcessRow): number | undefined;
  readonly total: number | undefined;
};

export function useCpu(answer: Answered | undefined): Cpu {
  const last = useRef<{ before?: Answered; now?: Answered }>({});
  if (answer && answer !== last.current.now && answer.asOf !== last.current.now?.asOf) {
    last.current = { now: answer, ...(last.current.now && { before: last.current.now }) };
  }
  return cpuBetween(last.current.before, last.current.now);
}

export function cpuBetween(before: Answered | undefined, now: Answered | undefined): Cpu {
  const seconds = before && now ? (Date.parse(now.asOf) - Date.parse(before.asOf)) / 1000 : 0;
  const key = ({ role, pid }: ProcessRow) => `${role} ${pid}`;
  const earlier = new Map(before?.rows.map((row) => [key(row), row.cpuUs]));
  const of = (row: ProcessRow) => {
    const from = earlier.get(key(row));
    if (seconds <= 0 || row.cpuUs === undefined || from === undefined) return undefined;
    return Math.max(0, row.cpuUs - from) / 1e6 / seconds;
  };
  const known = (now?.rows ?? []).map(of).filter((value) => value !== undefined);
  return { of, total: known.length > 0 ? known.reduce((sum, value) => sum + value, 0) : undefined };
}
