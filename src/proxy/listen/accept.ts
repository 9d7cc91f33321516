// A connection arrives: who calls and where to is known from where it was accepted; what it speaks is declared or found out.
import { DNS_ADDRESS, unmapped } from "../../model/address.ts";
import { destroy, socketHandlers } from "../connection.ts";
import { beginOpaque, detect } from "../detect/detecting.ts";
import { LIMITS } from "../limits.ts";
import { isVirtual } from "../route/egress.ts";
import { destinationFor } from "../route/route.ts";
import type { Core, Downstream, Stage } from "../shapes.ts";
import type { ProxySocket, SocketEvents } from "../sockets.ts";
import type { Origin } from "../types.ts";
import { dns } from "./dns.ts";
import { downstream, forgetDownstream } from "./downstream.ts";
import { awaitRequest } from "./reading.ts";

const DNS_PORT = 53;

/** For the length of `arrived`. */
const arriving: Stage<Downstream> = {
  name: "arriving",
  data() {},
  end() {},
  drain() {},
  close: forgetDownstream,
  expire: destroy,
};

export function acceptHandlers(
  core: Core,
  origin: Origin,
  broken: (down: Downstream, error: unknown) => void,
): SocketEvents<Downstream> {
  return socketHandlers<Downstream>((socket) => arrived(core, origin, socket), broken);
}

function arrived(core: Core, origin: Origin, socket: ProxySocket<Downstream>): void {
  const down = downstream(core, socket, origin, unmapped(socket.localAddress ?? ""), arriving);
  socket.data = down;
  core.roster.add(down);
  // a reset is understood by every protocol
  if (core.isDraining || core.roster.all.length > LIMITS.connections) {
    destroy(down);
    return;
  }
  socket.setNoDelay(true);
  const { address, port } = down;
  if (origin.kind === "outbound" && port === DNS_PORT && (address === DNS_ADDRESS.v4 || address === DNS_ADDRESS.v6)) {
    dns(down);
    return;
  }
  down.destination = destinationFor(core, down);
  if (!down.destination && isVirtual(address)) {
    destroy(down);
    return;
  }
  const protocol = (origin.kind === "published" && origin.listener.protocol) || down.destination?.protocol;
  if (protocol === "http") awaitRequest(down);
  else if (protocol === "tcp") beginOpaque(down, false);
  else detect(down);
}
