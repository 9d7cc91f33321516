// What a request is hashed by. The same text has the same hash in every worker and after every restart, or a session would
// move when nothing has changed.
import { mix } from "../../model/page/slots.ts";
import type { HashOn } from "../../model/traffic-policy.ts";
import { fieldValue } from "../../protocol/http1/lines.ts";
import type { Backend, Exchange } from "../shapes.ts";

/** 32 bits, well mixed. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash, text.length);
}

export function hashOfBackend({ workload, port }: Backend): number {
  return mix(workload, port);
}

/** undefined: the request has no such value */
export function hashValue(on: HashOn, x: Exchange): string | undefined {
  switch (on.type) {
    case "header":
      return x.head?.lines === undefined ? undefined : fieldValue(x.head.lines, on.name);
    case "cookie":
      return x.head?.lines === undefined ? undefined : cookieValue(fieldValue(x.head.lines, "cookie"), on.name);
    case "query":
      return queryValue(x.head?.target ?? "", on.name);
    case "address":
      // inside the mesh the caller is a workload, whatever its socket's address
      return x.downstream.source === 0 ? x.downstream.socket.remoteAddress : String(x.downstream.source);
  }
}

export function cookieValue(cookies: string | undefined, name: string): string | undefined {
  for (const pair of cookies?.split(";") ?? []) {
    const equals = pair.indexOf("=");
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}

/** As it is written: what is hashed need not be decoded, only be the same each time. */
export function queryValue(target: string, name: string): string | undefined {
  const query = target.indexOf("?");
  if (query < 0) return undefined;
  for (const pair of target.slice(query + 1).split("&")) {
    const equals = pair.indexOf("=");
    if (equals > 0 && pair.slice(0, equals) === name) return pair.slice(equals + 1);
  }
  return undefined;
}
