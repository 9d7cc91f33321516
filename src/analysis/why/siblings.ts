// The answer that a service is as usual, and that one workload, its own or of whom it asks, is not well.
import type { Course } from "../../model/tally.ts";
import type { Answer, Finding } from "./answer.ts";
import type { Uneven } from "./uneven.ts";
import { iso, symptomIn } from "./words.ts";

/** From the service to itself and to each that it asks, or that they ask: the shortest way, the nearest first. */
export function pathsFrom({ calls }: Pick<Course, "calls">, service: string): string[][] {
  const paths = new Map([[service, [service]]]);
  for (const [name, path] of paths) {
    for (const { source, destination } of calls) {
      if (source === name && !paths.has(destination)) paths.set(destination, [...path, destination]);
    }
  }
  return [...paths.values()];
}

/** @param answer that nothing is wrong with the service, or whose suspect is doubted; @param path from the service to the uneven one */
export function withUneven(answer: Answer, one: Uneven, path: readonly string[]): Answer {
  const { service, workload, sinceUs, says, evidence, time } = one;
  const [doubted] = answer.findings;
  const finding: Finding = {
    ...{ rank: 1, class: "unexplained", subject: { service, workload }, since: iso(sinceUs / 1e6) },
    ...{ explained: Number(time.toPrecision(4)), sentence: says, evidence: [evidence], path: [...path] },
  };
  const whole = doubted ? symptomIn(answer.verdict) : `${path[0] ?? service} as a whole is no slower than usual`;
  return {
    ...answer,
    ...{ state: "partly", confidence: "medium" },
    findings: [finding, ...answer.findings].map((each, at) => ({ ...each, rank: at + 1 })),
    verdict: `${whole}${doubted ? ";" : ", but"} one workload behind it is not well: ${says}`,
    // what was said of the doubted one is not true of this one
    ruledOut: doubted ? [] : answer.ruledOut,
    next: [{ say: "what each workload uses and waits for", command: "meshwise ps" }, ...(doubted ? [] : answer.next)],
  };
}
