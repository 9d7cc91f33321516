// Another endpoint for a request that one has failed.
import type { Backend } from "../shapes.ts";

/** Those that have not failed this request; all, when every one has. Only for retries: it allocates. */
export function untried(backends: readonly Backend[], avoid: readonly Backend[]): readonly Backend[] {
  if (avoid.length === 0) return backends;
  const others = backends.filter((backend) => !avoid.includes(backend));
  return others.length === 0 ? backends : others;
}
