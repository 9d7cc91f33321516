// What the schema cannot say of a Journey.
import { milliseconds } from "../duration.ts";
import type { RawJourney } from "../raw.ts";
import type { Report } from "../report.ts";

export function checkJourney(report: Report, { steps, exclude = [], window }: RawJourney): void {
  if (window !== undefined && milliseconds(window) === 0) {
    report.error(["spec", "window"], "nobody comes through in no time", "Write a duration such as 30m, or remove it.");
  }
  for (const [at, event] of exclude.entries()) {
    if (steps.includes(event)) report.error(["spec", "exclude", at], "is a step", "Take it out of one of the two.");
  }
}
