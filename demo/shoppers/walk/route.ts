// A path without what differs from visitor to visitor, so that reasons can be counted and stay few.
export function routeOf(path: string): string {
  const [, first = "", second] = path.split("?", 1)[0]?.split("/") ?? [];
  return second ? `/${first}/…` : `/${first}`;
}
