// Sockets made by hand, for what the runtime cannot ask for: marks, transparent sockets, other namespaces, a look at what
// lies unread. Descriptors are plain numbers; whoever gets one closes it or hands it to the runtime.
import { checked, closeFd, errno, libc, SystemError } from "./libc.ts";
import { AF_INET, AF_INET6, readSocketAddress, socketAddress } from "./sockaddr.ts";

const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;

const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_REUSEPORT = 15;
const SO_MARK = 36;
const SOL_IP = 0;
const IP_TRANSPARENT = 19;
const IP_BIND_ADDRESS_NO_PORT = 24;
const IP_FREEBIND = 15;
const SOL_IPV6 = 41;
const IPV6_V6ONLY = 26;
const IPV6_TRANSPARENT = 75;
const IPV6_FREEBIND = 78;
const SOL_TCP = 6;
const TCP_NODELAY = 1;
const TCP_INFO = 11;

const MSG_PEEK = 2;
const MSG_DONTWAIT = 0x40;
const EAGAIN = 11;
const EINPROGRESS = 115;

export type ListenOptions = {
  readonly reusePort?: boolean;
  /** takes connections to addresses that are not this host's (TPROXY); needs CAP_NET_ADMIN */
  readonly transparent?: boolean;
  /** for "::": IPv4 connections too, as ::ffff:a.b.c.d */
  readonly dualStack?: boolean;
  readonly backlog?: number;
};

/** A listening TCP socket. @param port 0: any free one, see `localAddress` */
export function listenTcp(address: string, port: number, options: ListenOptions = {}): number {
  const { family, bytes } = socketAddress(address, port);
  return withSocket(family, SOCK_STREAM, (fd) => {
    setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (options.reusePort) setOption(fd, SOL_SOCKET, SO_REUSEPORT, 1);
    if (family === 6) setOption(fd, SOL_IPV6, IPV6_V6ONLY, options.dualStack ? 0 : 1);
    if (options.transparent) makeTransparent(fd, family, options.dualStack === true);
    checked("bind", libc.bind(fd, bytes, bytes.length), `${address} port ${port}`);
    checked("listen", libc.listen(fd, options.backlog ?? 4096), `${address} port ${port}`);
  });
}

const SHUT_RDWR = 2;

/** Takes a listener out of service for a while: what waits in its queue moves to the others of its port
 *  (net.ipv4.tcp_migrate_req), and new connections go to them. `resumeListening` brings it back. */
export function pauseListening(fd: number): void {
  checked("shutdown", libc.shutdown(fd, SHUT_RDWR));
}

export function resumeListening(fd: number, backlog = 4096): void {
  checked("listen", libc.listen(fd, backlog));
}

function makeTransparent(fd: number, family: 4 | 6, dualStack: boolean): void {
  if (family === 6) setOption(fd, SOL_IPV6, IPV6_TRANSPARENT, 1);
  if (family === 4 || dualStack) setOption(fd, SOL_IP, IP_TRANSPARENT, 1);
}

export type DialOptions = {
  /** SO_MARK, which tells the capture rules to leave it alone; needs CAP_NET_ADMIN */
  readonly mark?: number;
  /** source address; one that is not this host's needs CAP_NET_ADMIN */
  readonly source?: string;
};

/** A TCP socket whose connect is under way, or done; throws when the kernel refuses at once (ECONNREFUSED, ENETUNREACH). */
export function dialTcp(address: string, port: number, options: DialOptions = {}): number {
  const { family, bytes } = socketAddress(address, port);
  return withSocket(family, SOCK_STREAM, (fd) => {
    setOption(fd, SOL_TCP, TCP_NODELAY, 1);
    if (options.mark !== undefined) setOption(fd, SOL_SOCKET, SO_MARK, options.mark);
    if (options.source !== undefined) {
      const source = socketAddress(options.source, 0);
      setOption(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, 1);
      makeTransparent(fd, family, false);
      checked("bind", libc.bind(fd, source.bytes, source.bytes.length), options.source);
    }
    if (libc.connect(fd, bytes, bytes.length) === 0) return;
    const error = errno();
    if (error !== EINPROGRESS) throw new SystemError("connect", error, `${address} port ${port}`);
  });
}

/** The address need not be configured: a local route to it is enough (IP_FREEBIND). */
export function bindUdp(address: string, port: number): number {
  const { family, bytes } = socketAddress(address, port);
  return withSocket(family, SOCK_DGRAM, (fd) => {
    if (family === 6) setOption(fd, SOL_IPV6, IPV6_V6ONLY, 1);
    if (family === 6) setOption(fd, SOL_IPV6, IPV6_FREEBIND, 1);
    else setOption(fd, SOL_IP, IP_FREEBIND, 1);
    checked("bind", libc.bind(fd, bytes, bytes.length), `${address} port ${port}`);
  });
}

function withSocket(family: 4 | 6, type: number, prepare: (fd: number) => void): number {
  const domain = family === 4 ? AF_INET : AF_INET6;
  const fd = checked("socket", libc.socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  try {
    prepare(fd);
    return fd;
  } catch (thrown) {
    closeFd(fd);
    throw thrown;
  }
}

export function setOption(fd: number, level: number, name: number, value: number): void {
  checked("setsockopt", libc.setsockopt(fd, level, name, new Int32Array([value]), 4), `level ${level} option ${name}`);
}

/** Address and port that a socket is bound to. */
export function localAddress(fd: number): { address: string; port: number } {
  const bytes = new Uint8Array(28);
  const length = new Uint32Array([bytes.length]);
  checked("getsockname", libc.getsockname(fd, bytes, length));
  const result = readSocketAddress(bytes);
  if (!result) throw new TypeError(`descriptor ${fd} is no IP socket`);
  return result;
}

const peeked = new Uint8Array(1);

/** What lies unread on a connection, without taking it: nothing, bytes, the peer's end of stream, or an error. */
export function peek(fd: number): "open" | "data" | "fin" | "error" {
  const count = Number(libc.recv(fd, peeked, 1, MSG_PEEK | MSG_DONTWAIT));
  if (count > 0) return "data";
  if (count === 0) return "fin";
  return errno() === EAGAIN ? "open" : "error";
}

// struct tcp_info: u8 × 8, then u32s, later some u64s; by their place among the u32s
const info = new Uint32Array(44);
const infoLength = new Uint32Array(1);
const RTO = 2;
const RTT = 17;
const TOTAL_RETRANS = 25;
const BUSY_TIME = 42;

export type TcpInfo = {
  /** smoothed round trip time */
  readonly rttUs: number;
  /** after so long a segment that was not acknowledged is sent again */
  readonly rtoUs: number;
  /** segments sent again */
  readonly retransmits: number;
  /** in all so long something that was sent had not been acknowledged */
  readonly busyUs: number;
};

/** What the kernel knows of a connection; undefined when it is gone. */
export function tcpInfo(fd: number): TcpInfo | undefined {
  infoLength[0] = info.byteLength;
  if (libc.getsockopt(fd, SOL_TCP, TCP_INFO, info, infoLength) < 0) return undefined;
  const [rttUs, rtoUs, retransmits] = [info[RTT] as number, info[RTO] as number, info[TOTAL_RETRANS] as number];
  return { rttUs, rtoUs, retransmits, busyUs: (info[BUSY_TIME] as number) + (info[BUSY_TIME + 1] as number) * 2 ** 32 };
}
