// What the schema cannot say of an Objective and of a Notification.
import type { Path } from "../../yaml/problems.ts";
import { milliseconds } from "../duration.ts";
import { seconds } from "../objectives.ts";
import type { RawNotification, RawObjective } from "../raw.ts";
import { type Report, unique } from "../report.ts";

const SPEC: Path = ["spec"];

export function checkObjective(report: Report, spec: RawObjective): void {
  const { targetRefs, latency, conversion, window } = spec;
  const target = ({ kind, name, route = "" }: (typeof targetRefs)[number]) => `${kind}/${name} ${route}`;
  unique(report, targetRefs, (index) => [...SPEC, "targetRefs", index], target, "this target is there twice");
  const [goal, second] = (["availability", "latency", "conversion"] as const).filter((one) => spec[one]);
  if (!goal) {
    const fix = "Add one, such as availability: {percent: 99.9} or latency: {percent: 99, within: 300ms}.";
    report.error(SPEC, "availability, latency or conversion is missing", fix);
  }
  if (second)
    report.error([...SPEC, second], "an objective has one goal", `Write a second Objective for the ${second}.`);
  for (const [index, { route }] of targetRefs.entries()) {
    if (!conversion || route === undefined) continue;
    report.error([...SPEC, "targetRefs", index, "route"], "a journey has steps, and no route", "Remove it.");
  }
  if (latency && milliseconds(latency.within) === 0) {
    report.error([...SPEC, "latency", "within"], "must be longer than nothing", "Write one such as 300ms.");
  }
  const longest = conversion ? "7d" : "30d";
  if (window !== undefined && seconds(window) > seconds(longest)) {
    const kept = conversion ? "visits" : "figures";
    report.error([...SPEC, "window"], `is longer than ${kept} are kept`, `Write ${longest} or less.`);
  }
}

export function checkNotification(report: Report, { webhook, file }: RawNotification): void {
  if (!webhook && file === undefined) {
    report.error(SPEC, "tells nobody", "Add webhook: {url: https://…} or file: incidents.jsonl.");
  }
  if (webhook && !URL.canParse(webhook.url)) {
    report.error([...SPEC, "webhook", "url"], "is no address", "Write one such as https://hooks.example.com/mesh.");
  }
}
