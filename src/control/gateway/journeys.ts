// Declared journeys, as the observatory is told them: in the order of their names, of which the first is the one that is meant
// when nothing is said.
import type { DeclaredJourney } from "../../model/journey.ts";
import { milliseconds } from "./duration.ts";
import type { JourneyObject, MeshObject } from "./object.ts";

const ORDERS = { Ordered: "ordered", Strict: "strict", Any: "any" } as const;
const UNITS = { Session: "session", Visitor: "visitor" } as const;

export function declaredJourneys(objects: readonly MeshObject[]): DeclaredJourney[] {
  return objects
    .filter((object): object is JourneyObject => object.kind === "Journey")
    .map(({ name, spec: { steps, order = "Ordered", unit = "Session", window, exclude = [], reentry = false } }) => ({
      ...{ name, steps, order: ORDERS[order], unit: UNITS[unit], exclude, reentry },
      ...(window !== undefined && { windowS: milliseconds(window) / 1000 }),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
