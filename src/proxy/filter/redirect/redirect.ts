// RequestRedirect: sends the caller elsewhere.
import { MeshError } from "../../../base/errors/index.ts";
import type { HttpFilter } from "../../../model/route.ts";
import { fieldLine } from "../../../protocol/http1/lines.ts";
import { isAuthority } from "../../../protocol/http1/target.ts";
import { hostOf } from "../../route/matcher/hosts.ts";
import type { Core, Downstream, Layer } from "../../shapes.ts";
import { compilePathChange, queryOf } from "../path-change.ts";
import { reply } from "../reply.ts";

type Redirect = Extract<HttpFilter, { type: "redirect" }>;

const STATUS_LINES: Readonly<Record<Redirect["statusCode"], string>> = {
  301: "301 Moved Permanently",
  302: "302 Found",
  303: "303 See Other",
  307: "307 Temporary Redirect",
  308: "308 Permanent Redirect",
};
const WELL_KNOWN = { http: 80, https: 443 } as const;

export function redirect(core: Core, { scheme, hostname, port, path, statusCode }: Redirect): Layer {
  if (hostname !== undefined && !isAuthority(hostname)) throw new MeshError("route_invalid", `not a host: ${hostname}`);
  const change = path && compilePathChange(path);
  const newScheme = scheme ?? "http";
  return (_, outer) => ({
    run(x) {
      const { head, downstream: down } = x;
      const host = hostname ?? hostOf(head?.authority ?? "");
      const newPort = port ?? (scheme ? WELL_KNOWN[scheme] : listenerPort(down));
      const authority = newPort === WELL_KNOWN[newScheme] ? host : `${host}:${newPort}`;
      const target = (change ? change(x.path, x.prefix) : x.path) + queryOf(head?.target ?? "");
      reply(core, x, outer, STATUS_LINES[statusCode], fieldLine("Location", `${newScheme}://${authority}${target}`));
    },
  });
}

/** The port that the caller knows it by. */
function listenerPort({ origin, port }: Downstream): number {
  return origin.kind === "published" ? origin.listener.hostPort : port;
}
