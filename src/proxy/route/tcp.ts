// The way of a TCPRoute: a connection goes to one of its backends, by weight.
import type { TcpRoute } from "../../model/route.ts";
import { stack } from "../layer.ts";
import type { Layer, Link } from "../shapes.ts";
import type { RouteContext } from "./context.ts";
import { split } from "./split.ts";
import { nowhere, type Target, target, to } from "./target.ts";

export function tcpStack({ core, deliverOpaque }: RouteContext, { name, backends }: TcpRoute): Link {
  if (!backends.some(({ weight }) => weight > 0)) return stack(core.opaque, nowhere(name));
  const branches = backends.map(({ ref, weight }) => {
    const find: Target | undefined = ref && target(core, ref);
    const layers: readonly Layer[] = ref && find ? [to(find, ref), ...deliverOpaque(ref)] : [nowhere(name)];
    return { target: find, weight, way: (outer: Link) => stack(outer, ...layers) };
  });
  return stack(core.opaque, split(core, branches));
}
