// Host names of listeners and routes: which names both let through. `*.` stands for one or more labels.

/** @returns undefined: none; empty: every host */
export function intersection(listener: string | undefined, route: readonly string[]): readonly string[] | undefined {
  if (listener === undefined) return route;
  if (route.length === 0) return [listener];
  const both = route.flatMap((name) => narrower(listener, name) ?? []);
  return both.length > 0 ? both : undefined;
}

function narrower(a: string, b: string): string | undefined {
  if (isWithin(a, b)) return a;
  return isWithin(b, a) ? b : undefined;
}

/** every host of `name` is one of `wider` */
function isWithin(name: string, wider: string): boolean {
  if (name === wider) return true;
  return wider.startsWith("*.") && name.endsWith(wider.slice(1)) && name.length > wider.length - 1;
}
