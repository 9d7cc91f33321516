// Answers an opener: connects to outside addresses from the host's own network and hands the socket over, and resolves
// outside names. It decides anew what may be reached, whatever the opener thinks: this process stands outside the sandbox.
import { isForbiddenEgress } from "../../model/egress.ts";
import type { DialAnswer, HostAnswer, HostRequest } from "../../model/messages.ts";
import { OTLP_ADDRESS, OTLP_NAME, OTLP_PORTS } from "../../model/otlp-door.ts";
import type { Channel } from "../../sys/channel.ts";
import { closeFd, SystemError } from "../../sys/libc.ts";
import { dialTcp } from "../../sys/socket.ts";
import type { Resolve } from "./resolver.ts";

/** it never changes, but the mesh may end */
const OTLP_TTL_S = 60;

export type EgressDeps = {
  readonly resolve: Resolve;
  /** the project's policy at this moment */
  readonly isAllowed: () => boolean;
  /** ports of the observatory's doors for OTLP on our loopback, which is closed otherwise; undefined: it is down */
  readonly otlp: () => OtlpDoors | undefined;
};

export type OtlpDoors = { readonly http: number; readonly grpc: number };

export function serveEgress(channel: Channel<HostRequest, HostAnswer>, { resolve, isAllowed, otlp }: EgressDeps): void {
  channel.onMessage((request) => {
    if (request.type === "resolve") {
      const { id, name, family } = request;
      if (name.toLowerCase() === OTLP_NAME) {
        const addresses = family === 4 ? [OTLP_ADDRESS] : [];
        channel.send({ type: "resolved", id, rcode: "NOERROR", addresses, ttlS: OTLP_TTL_S });
        return;
      }
      void resolve(name, family).then((resolved) => channel.send({ type: "resolved", id, ...resolved }));
      return;
    }
    const { id, address, port } = request;
    const reason = isAllowed() ? isForbiddenEgress(address) : "calls to the outside are switched off";
    if (reason !== undefined) {
      channel.send({ type: "dialed", id, ok: false, error: "forbidden", detail: `${address}: ${reason}` });
      return;
    }
    const target = address === OTLP_ADDRESS ? doorAt(port, otlp()) : { address, port };
    if (!target) {
      channel.send({ type: "dialed", id, ok: false, error: "refused", detail: `${OTLP_NAME}:${port}: nobody listens` });
      return;
    }
    try {
      const fd = dialTcp(target.address, target.port);
      channel.send({ type: "dialed", id, ok: true }, [fd]);
      closeFd(fd);
    } catch (error) {
      channel.send({ type: "dialed", id, ok: false, ...describe(error) });
    }
  });
}

function doorAt(port: number, doors: OtlpDoors | undefined) {
  const asked = (["http", "grpc"] as const).find((name) => OTLP_PORTS[name] === port);
  return asked && doors && { address: "127.0.0.1", port: doors[asked] };
}

function describe(error: unknown): Pick<Extract<DialAnswer, { ok: false }>, "error" | "detail"> {
  const detail = error instanceof Error ? error.message : String(error);
  switch (error instanceof SystemError ? error.errnoName : "") {
    case "ECONNREFUSED":
      return { error: "refused", detail };
    case "EMFILE":
    case "ENFILE":
    case "ENOMEM":
    case "ENOBUFS":
    case "EADDRNOTAVAIL":
      return { error: "exhausted", detail };
    default:
      return { error: "unreachable", detail };
  }
}
