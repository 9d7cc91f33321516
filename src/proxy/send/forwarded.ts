// Through a published port the mesh is the first that can be trusted: it says who called, by what name and how, and drops
// what the caller itself said about that. Inside the mesh nothing is added: the caller's connection looks direct.
import { unmapped } from "../../model/address.ts";
import { compact, fieldLine } from "../../protocol/http1/lines.ts";
import type { FieldLines, RequestHead } from "../../protocol/http1/types.ts";
import type { Downstream } from "../shapes.ts";

export const WITHOUT_FORWARDED: readonly string[] = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-proto",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-prefix",
  "x-forwarded-server",
  "x-real-ip",
];

/** Made once for a connection and the name it is called by: nearly all of its requests say the same. */
export function forwardedLines(down: Downstream, head: RequestHead): FieldLines {
  if (down.forwardedHost !== head.authority) {
    down.forwarded = newLines(down, head);
    down.forwardedHost = head.authority;
  }
  return down.forwarded;
}

function newLines(down: Downstream, head: RequestHead): FieldLines {
  const from = unmapped(down.socket.remoteAddress ?? "");
  let lines = fieldLine("X-Forwarded-For", from) + fieldLine("X-Forwarded-Proto", "http");
  if (head.authority !== "") lines += fieldLine("X-Forwarded-Host", head.authority);
  return compact(lines as FieldLines);
}
