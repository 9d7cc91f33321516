// What an answer to why is about. Pure: the answer in, what is drawn of it out.
import type { WhyAnswer } from "../../../src/api/types.ts";
import type { Metric, Range } from "../../data/view.ts";

/** no service: what all of them run on */
export const HOST = "(host)";

type Findings = WhyAnswer["findings"];

export function nameOf(service: string): string {
  return service === HOST ? "the host" : service;
}

/** As the first figure of each suspect tells: how often one is asked, or what one adds, in seconds or in failures. */
export function metricOf(findings: Findings): Metric {
  const first = findings.flatMap(({ evidence }) => evidence.slice(0, 1));
  if (first.some(({ metric }) => metric === "requests")) return "throughput";
  return first.find(({ metric }) => metric === "contribution")?.unit === "share" ? "errors" : "latency";
}

/** The target, and the suspect where it is another: of the host there are no requests. */
export function chartedServices({ path, subject }: Findings[number]): string[] {
  return [...new Set([path[0] ?? subject.service, subject.service])].filter((name) => name !== HOST);
}

/** What of a service the trouble is confined to; "" when it is all of it. */
export function confinedTo({ workload, version, route }: Findings[number]["subject"]): string {
  return [workload, version, route].filter(Boolean).join(", ");
}

export function stillRange({ from, to }: { readonly from: string; readonly to: string }): Range {
  return { kind: "still", from, to };
}
