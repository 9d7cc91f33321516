// The names by which people ask for kinds of objects.
import { KINDS, type Kind } from "../../control/gateway/object.ts";

/** what `meshwise get` takes, with the kinds it shows */
export const SUBJECTS: Readonly<Record<string, readonly Kind[]>> = {
  all: KINDS,
  routes: ["HTTPRoute", "TCPRoute"],
  gateways: ["Gateway"],
  policies: ["TrafficPolicy"],
  journeys: ["Journey"],
  objectives: ["Objective"],
  notifications: ["Notification"],
  httproutes: ["HTTPRoute"],
  tcproutes: ["TCPRoute"],
  trafficpolicies: ["TrafficPolicy"],
};

/** `httproute`, `HTTPRoute`, `httproutes` → HTTPRoute */
export function kindNamed(name: string): Kind | undefined {
  const lower = name.toLowerCase();
  return KINDS.find((kind) => kind.toLowerCase() === lower) ?? single(SUBJECTS[lower]);
}

function single(kinds: readonly Kind[] | undefined): Kind | undefined {
  return kinds?.length === 1 ? kinds[0] : undefined;
}

/** singular or plural, in either case; undefined: nothing of that name */
export function kindsNamed(name: string): readonly Kind[] | undefined {
  const lower = name.toLowerCase();
  const kind = kindNamed(lower);
  return (
    SUBJECTS[lower] ?? SUBJECTS[`${lower}s`] ?? (kind ? [kind] : lower === "policy" ? ["TrafficPolicy"] : undefined)
  );
}
