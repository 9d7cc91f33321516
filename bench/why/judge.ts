// Whether an answer to a made incident is right.
import { why } from "../../src/analysis/why/why.ts";
import type { Incident } from "../../test/sim/incidents/incident.ts";
import { BASELINES } from "./baselines.ts";

export type Judged = {
  readonly incident: Pick<Incident, "seed" | "size" | "fault" | "isRamp" | "wasBefore"> & { readonly isQuiet: boolean };
  readonly metric: string;
  readonly isTop1: boolean;
  readonly isTop3: boolean;
  /** it says that nothing is wrong */
  readonly isSilent: boolean;
  readonly isHigh: boolean;
  /** whom the first finding names; undefined: nobody */
  readonly said: string | undefined;
  readonly truth: readonly string[];
  /** samples between what it says and when it began; NaN: it says nothing */
  readonly onsetError: number;
  readonly cpuMs: number;
  /** top-1 of each of BASELINES */
  readonly others: readonly boolean[];
};

export function judge(incident: Incident): Judged {
  const { facts, symptom, seed, size, fault, isRamp, wasBefore } = incident;
  const culprits = incident.culprits.flat();
  const isQuiet = culprits.length === 0;
  const began = process.cpuUsage().user;
  const answer = why(facts, symptom);
  const cpuMs = (process.cpuUsage().user - began) / 1000;
  const places = new Map(facts.services.map(({ name }, at) => [name, at]));
  const ranked = answer.findings.map(({ subject }) => places.get(subject.service) as number);
  const isSilent = answer.state === "nothing-wrong";
  const first = answer.findings[0];
  const sinceS = first ? Date.parse(first.since) / 1000 : Number.NaN;
  return {
    incident: { seed, size, fault, isRamp, wasBefore, isQuiet },
    metric: symptom.metric,
    ...{ isSilent, cpuMs, isHigh: answer.confidence === "high" },
    said: first?.subject.service,
    truth: culprits.map((at) => facts.services[at]?.name ?? ""),
    isTop1: isQuiet ? isSilent : culprits.includes(ranked[0] as number),
    isTop3: isQuiet ? isSilent : ranked.slice(0, 3).some((at) => culprits.includes(at)),
    onsetError: Math.abs(sinceS - (facts.times[incident.onset] as number)) / facts.intervalS,
    others: BASELINES.map(({ rank }) => {
      const [suspect] = rank(incident);
      return suspect === undefined ? isQuiet : culprits.includes(suspect);
    }),
  };
}
