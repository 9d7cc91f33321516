// What the opener makes in a workload's namespace: listeners that capture, the resolver's sockets, and connections to the
// workload itself.
import { DNS_ADDRESS } from "../../model/address.ts";
import type { DialAnswer, DialRequest } from "../../model/messages.ts";
import { closeFds, SystemError } from "../../sys/libc.ts";
import { inNetns } from "../../sys/netns.ts";
import { bindUdp, dialTcp, listenTcp } from "../../sys/socket.ts";
import { CAPTURE_PORT, OWN_MARK } from "../netns/rules.ts";
import type { KnownWorkload } from "./workloads.ts";

/** One capturing listener per worker, then the resolver's sockets for IPv4 and IPv6. */
export function openSockets({ netns }: KnownWorkload, workers: number): number[] {
  return inNetns(netns, () => {
    const fds: number[] = [];
    try {
      const options = { reusePort: true, transparent: true, dualStack: true };
      for (let worker = 0; worker < workers; worker++) fds.push(listenTcp("::", CAPTURE_PORT, options));
      fds.push(bindUdp(DNS_ADDRESS.v4, 53), bindUdp(DNS_ADDRESS.v6, 53));
      return fds;
    } catch (thrown) {
      closeFds(fds);
      throw thrown;
    }
  });
}

type WorkloadDial = Omit<Extract<DialRequest, { type: "dial" }>, "type" | "id">;
export type Refusal = Omit<Extract<DialAnswer, { ok: false }>, "type" | "id" | "ok">;

/** A descriptor whose connect is under way, or why there is none. */
export function dialWorkload(workload: KnownWorkload, { via, port }: WorkloadDial): number | Refusal {
  try {
    return inNetns(workload.netns, () => dialTcp(addressOf(workload, via, port), port, { mark: OWN_MARK }));
  } catch (thrown) {
    return refusalOf(thrown);
  }
}

function addressOf(workload: KnownWorkload, via: WorkloadDial["via"], port: number): string {
  switch (via) {
    case "own":
      return workload.v6OnlyPorts.has(port) ? workload.address.v6 : workload.address.v4;
    case "loopback4":
      return "127.0.0.1";
    case "loopback6":
      return "::1";
  }
}

function refusalOf(thrown: unknown): Refusal {
  if (!(thrown instanceof SystemError)) throw thrown;
  const detail = thrown.message;
  switch (thrown.errnoName) {
    case "ECONNREFUSED":
      return { error: "refused", detail };
    case "EMFILE":
    case "ENFILE":
    case "ENOBUFS":
    case "ENOMEM":
    case "EADDRNOTAVAIL": // every local port towards that address is in use
    case "EAGAIN":
      return { error: "exhausted", detail };
    default:
      return { error: "unreachable", detail };
  }
}
