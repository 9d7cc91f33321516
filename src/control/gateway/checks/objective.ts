// What the schema cannot say of an Objective and of a Notification.
import type { Path } from "../../yaml/problems.ts";
import { milliseconds } from "../duration.ts";
import { seconds } from "../objectives.ts";
import type { RawNotification, RawObjective } from "../raw.ts";
import { type Report, unique } from "../report.ts";

const SPEC: Path = ["spec"];
/** figures are kept for so long, unless less is asked for */
const LONGEST_S = 30 * 86_400;

export function checkObjective(report: Report, spec: RawObjective): void {
  const { targetRefs, availability, latency, window } = spec;
  const target = ({ kind, name, route = "" }: (typeof targetRefs)[number]) => `${kind}/${name} ${route}`;
  unique(report, targetRefs, (index) => [...SPEC, "targetRefs", index], target, "this target is there twice");
  if (!availability && !latency) {
    const fix = "Add one, such as availability: {percent: 99.9} or latency: {percent: 99, within: 300ms}.";
    report.error(SPEC, "availability or latency is missing", fix);
  }
  if (availability && latency) {
    report.error([...SPEC, "latency"], "an objective has one goal", "Write a second Objective for the latency.");
  }
  if (latency && milliseconds(latency.within) === 0) {
    report.error([...SPEC, "latency", "within"], "must be longer than nothing", "Write one such as 300ms.");
  }
  if (window !== undefined && seconds(window) > LONGEST_S) {
    report.error([...SPEC, "window"], "is longer than figures are kept", "Write 30d or less.");
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
