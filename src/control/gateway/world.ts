// What routes are compiled against: the project's services, and the objects by name.
import type { PublishedPort } from "../../model/project.ts";
import type { PolicyObject, RouteObject } from "./object.ts";

export type World = {
  readonly namespace: string;
  readonly services: ReadonlySet<string>;
  /** ports of the host that the Compose file publishes */
  readonly taken: readonly PublishedPort[];
};

/** Objects in the order that decides between equals: the oldest first, then by name. */
export type Aged<Object> = { readonly object: Object; readonly createdUs: number };

export function byAge(a: Aged<RouteObject | PolicyObject | { name: string }>, b: typeof a): number {
  if (a.createdUs !== b.createdUs) return a.createdUs - b.createdUs;
  return a.object.name < b.object.name ? -1 : a.object.name > b.object.name ? 1 : 0;
}
