// HTTPPathModifier: another path, or another prefix in place of the one that the rule matched.
import { MeshError } from "../../base/errors/index.ts";
import type { PathChange } from "../../model/route.ts";
import { endOfPath } from "../../protocol/http1/target.ts";

/** The new path. @param path normal @param prefix what the rule's prefix match matched, without a trailing slash */
export type ChangePath = (path: string, prefix: string) => string;

/** Throws for a path that no request can have. */
export function compilePathChange({ type, value }: PathChange): ChangePath {
  if (value !== "" && (!value.startsWith("/") || endOfPath(value, 0) !== value.length)) {
    throw new MeshError("route_invalid", `not a path: ${value}`);
  }
  if (type === "full") return () => value || "/";
  const begin = value.endsWith("/") ? value.slice(0, -1) : value;
  return (path, prefix) => begin + path.slice(prefix.length) || "/";
}

/** `?…` of a target, or nothing. */
export function queryOf(target: string): string {
  const at = target.indexOf("?");
  return at < 0 ? "" : target.slice(at);
}
