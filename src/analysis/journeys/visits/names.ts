// What events are called: by their route, and by the service too where two entry services have a route of the same name.
import type { VisitPlace } from "../../../model/visits.ts";
import { type Dictionary, dictionary } from "../dictionary.ts";

export type PlaceNames = {
  readonly names: Dictionary;
  /** by place, the code of its name; -1 for parts of pages */
  readonly of: Int32Array;
};

export function namesOf(places: readonly VisitPlace[]): PlaceNames {
  const services = new Map<string, Set<string>>();
  for (const { service, route } of places) services.set(route, (services.get(route) ?? new Set()).add(service));
  const names = dictionary();
  const of = Int32Array.from(places, ({ service, route }) => {
    if (route === "") return -1;
    return names.code((services.get(route)?.size ?? 0) > 1 ? `${route} (${service})` : route);
  });
  return { names, of };
}
