// What failures say of their kind by themselves.
import { ERRORS, type ErrorCode, isCallees, isOurs } from "../../base/errors/index.ts";
import type { SeenExchange } from "../../model/figures.ts";
import type { Class } from "./answer.ts";

/** of those that failed */
const MOST = 0.5;

/** by a limit of what may come, on the way, or for want of what a database says that it lacks */
const KINDS = {
  rate_limited: "saturation",
  breaker_open: "saturation",
  overloaded: "saturation",
  proxy_exhausted: "saturation",
  statement_crowded: "saturation",
  statement_unwritten: "storage",
  statement_unheld: "memory",
  upstream_reset: "network",
  upstream_unreachable: "network",
  connect_timeout: "network",
} as const satisfies Partial<Record<ErrorCode, Class>>;

/** its limits, its deadlines */
const MESHS_DOING: readonly string[] = [
  "rate_limited",
  "breaker_open",
  "overloaded",
  "proxy_exhausted",
  "request_overdue",
  "response_timeout",
] satisfies ErrorCode[];

/** Who gives up waiting does not speak against whom he asked; whom a limit turns away has failed. */
export function hasFailed({ status, error }: SeenExchange): boolean {
  if (error === undefined) return status >= 500;
  return !isKnown(error) || isCallees(error) || isOurs(error) || error === "rate_limited";
}

/** A rule of the mesh refused it, or cut it off. */
export function isMeshsDoing(error: string | undefined): boolean {
  return error !== undefined && MESHS_DOING.includes(error);
}

/** undefined: they are of no one kind */
export function kindOfFailures(failed: readonly SeenExchange[]): Class | undefined {
  const kinds = Map.groupBy(failed, ({ error }) => kindOf(error));
  return [...kinds].find(([kind, some]) => kind !== undefined && some.length >= MOST * failed.length)?.[0];
}

function kindOf(error: string | undefined): Class | undefined {
  return KINDS[error as keyof typeof KINDS];
}

function isKnown(error: string): error is ErrorCode {
  return error in ERRORS;
}
