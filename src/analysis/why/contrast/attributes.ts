// What can be told of a request besides how it went, and in what requests can therefore differ.
import type { SeenExchange } from "../../../model/figures.ts";

/** In the order in which one stands for all of those that mean the same requests. */
export const ATTRIBUTES = [
  "workload",
  "version",
  "route",
  "caller",
  "caller's workload",
  "input",
  "request size",
  "connection",
  "protocol",
] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

/** "": it has none. What restates how a request went, such as status and answer, is not here. */
export function valueIn(request: SeenExchange, attribute: Attribute): string {
  switch (attribute) {
    case "workload":
      return request.destinationWorkload;
    case "version":
      return request.version ?? "";
    case "route":
      return routeOf(request);
    case "caller":
      return request.source;
    case "caller's workload":
      return request.sourceWorkload;
    case "input":
      return `${request.method} ${request.path}`;
    case "request size":
      return sizeOf(request.requestBytes);
    case "connection":
      return request.flags.includes("reused") ? "used before" : "new";
    case "protocol":
      return request.protocol;
  }
}

export function routeOf({ route, method }: SeenExchange): string {
  return route ?? method;
}

/** Streams, connections and copies have no latency of their own, and a try is not the request. */
export function isRequest({ protocol, flags }: SeenExchange): boolean {
  return (
    protocol !== "tcp" && !["upgraded", "attempt", "mirrored", "stream", "probe"].some((one) => flags.includes(one))
  );
}

/** By factors of 8, so that sizes which are alike are one value. */
function sizeOf(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.floor(Math.log2(bytes / 1024) / 3) + 1;
  if (power === 0) return "less than 1 KiB";
  return `${inBytes(8 ** (power - 1))} to ${inBytes(8 ** power)}`;
}

function inBytes(kib: number): string {
  return kib < 1024 ? `${kib} KiB` : `${kib / 1024} MiB`;
}
