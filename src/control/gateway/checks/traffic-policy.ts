// What the schema cannot say of a TrafficPolicy.
import type { Path } from "../../yaml/problems.ts";
import { milliseconds } from "../duration.ts";
import type { RawTrafficPolicy } from "../raw.ts";
import { type Report, unique } from "../report.ts";

const SPEC: Path = ["spec"];

export function checkPolicy(report: Report, spec: RawTrafficPolicy): void {
  checkTargets(report, spec);
  checkBalancing(report, spec);
  checkOrder(report, spec);
  checkRateLimits(report, spec);
  checkFaults(report, spec);
}

function checkTargets(report: Report, { targetRefs }: RawTrafficPolicy): void {
  const path = [...SPEC, "targetRefs"];
  const target = ({ kind, name, sectionName = "" }: (typeof targetRefs)[number]) => `${kind}/${name}/${sectionName}`;
  unique(report, targetRefs, (index) => [...path, index], target, "this target is there twice");
  for (const [index, { kind, sectionName }] of targetRefs.entries()) {
    if (kind === "Service" && sectionName !== undefined) {
      report.error([...path, index, "sectionName"], "a service has no sections", "Remove it, or name an HTTPRoute.");
    }
  }
}

function checkBalancing(report: Report, { loadBalancing }: RawTrafficPolicy): void {
  if (!loadBalancing) return;
  const path = [...SPEC, "loadBalancing"];
  const { type, hashOn } = loadBalancing;
  const hashes = type === "RingHash" || type === "Maglev";
  if (hashes && !hashOn) report.error(path, `${type} needs to know what to hash`, "Add hashOn.");
  if (!hashes && hashOn) {
    report.error([...path, "hashOn"], "belongs to RingHash and Maglev", "Remove it, or choose one of these types.");
  }
  checkName(report, hashOn, "Address", [...path, "hashOn"]);
}

function checkName(
  report: Report,
  by: { readonly type: string; readonly name?: string } | undefined,
  nameless: string,
  path: Path,
): void {
  if (!by) return;
  const wants = by.type !== nameless && by.type !== "Caller";
  if (wants && by.name === undefined)
    report.error(path, "name is missing", `Add the name of the ${by.type.toLowerCase()}.`);
  if (!wants && by.name !== undefined) report.error([...path, "name"], `${by.type} has no name`, "Remove it.");
}

/** What must not be larger than another. */
function checkOrder(report: Report, { retries, outlierEjection, concurrency, health }: RawTrafficPolicy): void {
  const atMost = (less: number | undefined, more: number | undefined, path: Path, what: string) => {
    if (less !== undefined && more !== undefined && less > more)
      report.error(path, `is more than ${what}`, "Make it at most as much.");
  };
  const ms = (text: string | undefined) => (text === undefined ? undefined : milliseconds(text));
  atMost(ms(retries?.backoff), ms(retries?.maxBackoff), [...SPEC, "retries", "backoff"], "maxBackoff");
  const { ejection, maxEjection } = outlierEjection ?? {};
  atMost(ms(ejection), ms(maxEjection), [...SPEC, "outlierEjection", "ejection"], "maxEjection");
  atMost(concurrency?.min, concurrency?.max, [...SPEC, "concurrency", "min"], "max");
  const { statuses, interval, timeout } = health?.active ?? {};
  const active = [...SPEC, "health", "active"];
  atMost(statuses?.from, statuses?.to, [...active, "statuses", "from"], "to");
  atMost(ms(timeout), ms(interval), [...active, "timeout"], "interval");
  if (ms(interval) === 0) report.error([...active, "interval"], "must be longer than nothing", "Write one such as 5s.");
  const { interval: pause } = outlierEjection ?? {};
  if (ms(pause) === 0) {
    report.error([...SPEC, "outlierEjection", "interval"], "must be longer than nothing", "Write one such as 10s.");
  }
}

function checkRateLimits(report: Report, { rateLimits }: RawTrafficPolicy): void {
  const path = [...SPEC, "rateLimits"];
  unique(
    report,
    rateLimits,
    (index) => [...path, index, "name"],
    ({ name }) => name,
    "another limit has this name",
  );
  for (const [index, { by, per }] of (rateLimits ?? []).entries()) {
    checkName(report, by, "All", [...path, index, "by"]);
    if (per !== undefined && milliseconds(per) === 0) {
      report.error([...path, index, "per"], "must be longer than nothing", "Write one such as 1s.");
    }
  }
}

function checkFaults(report: Report, { faults }: RawTrafficPolicy): void {
  const path = [...SPEC, "faults"];
  unique(
    report,
    faults,
    (index) => [...path, index, "name"],
    ({ name }) => name,
    "another fault has this name",
  );
  for (const [index, { delay, abort, bandwidth }] of (faults ?? []).entries()) {
    const at = [...path, index];
    if (delay === undefined && !abort && bandwidth === undefined) {
      report.error(at, "does nothing", "Add delay, abort or bandwidth.");
    }
    if (abort && (abort.status !== undefined) === (abort.reset === true)) {
      report.error([...at, "abort"], "must be either a status or a reset", "Write one of status: 503 and reset: true.");
    }
  }
}
