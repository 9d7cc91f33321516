// The listening sockets of published ports. They are opened here, in the host's own network, and handed in; a change of
// the project opens the new ones first and, when one cannot be had, changes nothing.
import { MeshError } from "../../base/errors/index.ts";
import { ANY_ADDRESS } from "../../control/compose/ports.ts";
import type { PublishedListener } from "../../model/snapshot.ts";
import { closeFd, SystemError } from "../../sys/libc.ts";
import { listenTcp, localAddress } from "../../sys/socket.ts";
import { holderOf } from "./holder.ts";

/** What carries listeners into the sandbox. */
export type Carrier = {
  published(listener: PublishedListener, fd: number): void;
  unpublished(id: number): void;
};

export type PublishedPorts = {
  /** Opens what is missing. @throws MeshError when a service's port cannot be had; then nothing has changed */
  prepare(wanted: readonly PublishedListener[]): Change;
  /** with the ports they really have */
  readonly listeners: readonly PublishedListener[];
  /** of gateways: their ports could not be had */
  readonly refused: readonly PublishedListener[];
  /** whether it could be had now */
  isFree(listener: PublishedListener): boolean;
  /** all of them again, for a new sandbox */
  resend(carrier: Carrier): void;
  close(): void;
};

export type Change = {
  /** the wanted ones, with the ports they really have */
  readonly listeners: readonly PublishedListener[];
  /** those of gateways that cannot be had: the Gateway's status says so, and all else goes on */
  readonly refused: readonly { readonly listener: PublishedListener; readonly error: MeshError }[];
  commit(carrier: Carrier): void;
  abandon(): void;
};

type Open = { readonly listener: PublishedListener; readonly fd: number };

export function publishedPorts(): PublishedPorts {
  let open: readonly Open[] = [];
  let without: readonly PublishedListener[] = [];

  return {
    get listeners() {
      return open.map(({ listener }) => listener);
    },
    get refused() {
      return without;
    },
    isFree(listener) {
      try {
        closeFd(listen(listener));
        return true;
      } catch {
        return false;
      }
    },
    prepare(wanted) {
      const fresh: number[] = [];
      const next: Open[] = [];
      const refused: { readonly listener: PublishedListener; readonly error: MeshError }[] = [];
      try {
        for (const listener of wanted) {
          const same = open.find((one) => one.listener.id === listener.id);
          // another service takes over a port of ours: the same socket under another id, no connection is lost between
          const moved = open.find((one) => isSameSocket(one.listener, listener));
          const found = same ?? moved;
          if (found) {
            next.push({ listener: { ...listener, hostPort: found.listener.hostPort }, fd: found.fd });
            continue;
          }
          const fd = attempt(listener, refused);
          if (fd === undefined) continue;
          fresh.push(fd);
          next.push({ listener: { ...listener, hostPort: localAddress(fd).port }, fd });
        }
      } catch (error) {
        fresh.forEach(closeFd);
        throw error;
      }
      return {
        listeners: next.map(({ listener }) => listener),
        refused,
        commit(carrier) {
          const before = open;
          open = next;
          without = refused.map(({ listener }) => listener);
          const isKnown = (among: readonly Open[], id: number) => among.some(({ listener }) => listener.id === id);
          for (const { listener, fd } of next) if (!isKnown(before, listener.id)) carrier.published(listener, fd);
          for (const { listener } of before) if (!isKnown(next, listener.id)) carrier.unpublished(listener.id);
          for (const { fd } of before) if (!next.some((one) => one.fd === fd)) closeFd(fd);
        },
        abandon: () => fresh.forEach(closeFd),
      };
    },
    resend(carrier) {
      for (const { listener, fd } of open) carrier.published(listener, fd);
    },
    close() {
      for (const fd of new Set(open.map(({ fd }) => fd))) closeFd(fd);
      open = [];
      without = [];
    },
  };
}

function attempt(
  listener: PublishedListener,
  refused: { readonly listener: PublishedListener; readonly error: MeshError }[],
): number | undefined {
  try {
    return listen(listener);
  } catch (error) {
    if (listener.gateway === undefined || !(error instanceof MeshError)) throw error;
    refused.push({ listener, error });
    return undefined;
  }
}

function isSameSocket(a: PublishedListener, b: PublishedListener): boolean {
  return a.hostAddress === b.hostAddress && a.hostPort === b.hostPort;
}

function listen({ hostAddress, hostPort, service, gateway }: PublishedListener): number {
  try {
    return hostAddress === ANY_ADDRESS ? listenAnywhere(hostPort) : listenTcp(hostAddress, hostPort);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    const where = hostAddress === ANY_ADDRESS ? `${hostPort}` : `${hostPort} of ${hostAddress}`;
    const what = `port ${where} for ${service ?? `gateway ${gateway}`}`;
    switch (error.errnoName) {
      case "EADDRINUSE": {
        const holder = holderOf(hostPort);
        throw new MeshError("port_in_use", holder ? `${what}, held by ${holder}` : what, { cause: error });
      }
      case "EACCES":
        throw new MeshError("port_forbidden", what, { cause: error });
      case "EADDRNOTAVAIL":
      case "EAFNOSUPPORT":
        throw new MeshError("port_address", what, { cause: error });
      default:
        throw error;
    }
  }
}

function listenAnywhere(port: number): number {
  try {
    return listenTcp("::", port, { dualStack: true });
  } catch (error) {
    // a host without IPv6
    if (error instanceof SystemError && ["EAFNOSUPPORT", "EADDRNOTAVAIL"].includes(error.errnoName)) {
      return listenTcp("0.0.0.0", port);
    }
    throw error;
  }
}
