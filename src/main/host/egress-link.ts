// Answers an opener: connects to outside addresses from the host's own network and hands the socket over, and resolves
// outside names. It decides anew what may be reached, whatever the opener thinks: this process stands outside the sandbox.
import { isForbiddenEgress } from "../../model/egress.ts";
import type { DialAnswer, HostAnswer, HostRequest } from "../../model/messages.ts";
import type { Channel } from "../../sys/channel.ts";
import { closeFd, SystemError } from "../../sys/libc.ts";
import { dialTcp } from "../../sys/socket.ts";
import type { Resolve } from "./resolver.ts";

export type EgressDeps = {
  readonly resolve: Resolve;
  /** the project's policy at this moment */
  readonly isAllowed: () => boolean;
};

export function serveEgress(channel: Channel<HostRequest, HostAnswer>, { resolve, isAllowed }: EgressDeps): void {
  channel.onMessage((request) => {
    if (request.type === "resolve") {
      const { id, name, family } = request;
      void resolve(name, family).then((resolved) => channel.send({ type: "resolved", id, ...resolved }));
      return;
    }
    const { id, address, port } = request;
    const reason = isAllowed() ? isForbiddenEgress(address) : "calls to the outside are switched off";
    if (reason !== undefined) {
      channel.send({ type: "dialed", id, ok: false, error: "forbidden", detail: `${address}: ${reason}` });
      return;
    }
    try {
      const fd = dialTcp(address, port);
      channel.send({ type: "dialed", id, ok: true }, [fd]);
      closeFd(fd);
    } catch (error) {
      channel.send({ type: "dialed", id, ok: false, ...describe(error) });
    }
  });
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
