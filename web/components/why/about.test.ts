import { expect, test } from "bun:test";
import type { WhyAnswer } from "../../../src/api/types.ts";
import { chartedServices, metricOf } from "./about.ts";

type Finding = WhyAnswer["findings"][number];
const told = (metric: string, unit: string) => ({ evidence: [{ metric, unit }] }) as unknown as Finding;
const found = (service: string, ...path: string[]) => ({ subject: { service }, path }) as unknown as Finding;

test.each([
  ["latency", [told("contribution", "s")]],
  ["errors", [told("contribution", "share")]],
  ["errors", [told("failed calls", "share"), told("contribution", "share")]],
  ["latency", [told("host pressure", "share"), told("contribution", "s")]],
  ["latency", [told("slow requests", "share")]],
  ["throughput", [told("contribution", "share"), told("requests", "requests")]],
] as const)("an answer is about %s as its suspects' first figures tell", (metric, findings) => {
  expect(metricOf(findings)).toBe(metric);
});

test.each([
  [found("cart", "web", "cart"), ["web", "cart"]],
  [found("cart", "cart"), ["cart"]],
  [found("(host)", "web", "cart", "(host)"), ["web"]],
] as const)("the target and the suspect are charted, each once, and never the host", (finding, services) => {
  expect(chartedServices(finding)).toEqual([...services]);
});
