// The only door to the network and to the event loop's turns: what the data plane asks of the runtime's sockets and of the
// kernel. Whoever runs a proxy hands it in, so that the same code runs on a virtual network too (test/sim).
import type { Socket } from "bun";
import { peek, tcpInfo } from "../sys/socket.ts";

/** What we use of a socket, as the runtime has it: `write` keeps nothing, and `end` sends FIN and closes. */
export type ProxySocket<T> = Pick<
  Socket<T>,
  | "data"
  | "localAddress"
  | "localPort"
  | "remoteAddress"
  | "write"
  | "shutdown"
  | "end"
  | "terminate"
  | "pause"
  | "resume"
  | "setKeepAlive"
  | "setNoDelay"
>;

/** What happens on a socket. Half-open connections are allowed: after `end` it can still be written to. */
export type SocketEvents<T> = {
  /** it is there; one that we connect does not stand yet: its first `drain` says so */
  open(socket: ProxySocket<T>): void;
  data(socket: ProxySocket<T>, bytes: Buffer): void;
  /** the peer will send no more (FIN) */
  end(socket: ProxySocket<T>): void;
  /** it takes bytes again */
  drain(socket: ProxySocket<T>): void;
  /** it is gone; `error` has a `code` such as ECONNRESET */
  close(socket: ProxySocket<T>, error?: Error & { code?: string }): void;
  /** one of these threw */
  error(socket: ProxySocket<T>, error: Error): void;
};

export type SocketListener = { stop(): void };

export type Sockets = {
  /** adopts a listening descriptor */
  listen<T>(fd: number, events: SocketEvents<T>): SocketListener;
  /** adopts a descriptor whose connect is under way; `open` comes within this call, with `data` on the socket */
  connect<T>(fd: number, data: unknown, events: SocketEvents<T>): void;
  /** what lies unread, without taking it */
  peek(fd: number): ReturnType<typeof peek>;
  tcpInfo(fd: number): ReturnType<typeof tcpInfo>;
  /** calls `run` once, after every event that is ready now and before the process waits for more */
  atEndOfTurn(run: () => void): void;
};

// the types do not tell that the runtime takes descriptors
const listen = Bun.listen as unknown as (options: unknown) => SocketListener;
const connect = Bun.connect as unknown as (options: unknown) => Promise<unknown>;

/** The real ones. */
export const systemSockets: Sockets = {
  listen: (fd, events) => listen({ fd, allowHalfOpen: true, socket: events }),
  connect(fd, data, events) {
    // the promise tells nothing that `close` does not
    connect({ fd, data, allowHalfOpen: true, socket: events }).catch(() => {});
  },
  peek,
  tcpInfo,
  atEndOfTurn: (run) => void setImmediate(run),
};

/** The runtime's types do not tell that a socket knows its descriptor. */
export function descriptor(socket: unknown): number {
  return (socket as { readonly fd: number }).fd;
}
