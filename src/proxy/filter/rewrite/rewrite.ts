// URLRewrite: the service is asked by another name or for another path. The caller does not notice.
import { MeshError } from "../../../base/errors/index.ts";
import type { HttpFilter } from "../../../model/route.ts";
import { isAuthority } from "../../../protocol/http1/target.ts";
import type { Layer } from "../../shapes.ts";
import { compilePathChange, queryOf } from "../path-change.ts";

export function rewrite({ hostname, path }: Extract<HttpFilter, { type: "rewrite" }>): Layer {
  if (hostname !== undefined && !isAuthority(hostname)) throw new MeshError("route_invalid", `not a host: ${hostname}`);
  const change = path && compilePathChange(path);
  return (inner) => ({
    run(x) {
      if (hostname !== undefined) x.sentAuthority = hostname;
      // `*` and CONNECT have no path to change
      if (change && x.path.startsWith("/")) x.sentTarget = change(x.path, x.prefix) + queryOf(x.head?.target ?? "");
      inner.run(x);
    },
  });
}
