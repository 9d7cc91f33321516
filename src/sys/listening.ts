// Asks the kernel which TCP sockets listen in a network namespace (sock_diag(7)). Unlike /proc/net/tcp it does not walk
// over every connection to find out, and the socket it asks on belongs to the namespace, so nobody has to enter it again.
import { formatIp } from "../base/ip.ts";
import { checked, closeFd, libc } from "./libc.ts";
import { inNetns } from "./netns.ts";
import { AF_INET, AF_INET6 } from "./sockaddr.ts";

export type Listening = {
  readonly address: string;
  readonly port: number;
  /** takes no IPv4 (IPV6_V6ONLY) */
  readonly v6Only: boolean;
  /** connections that wait until they are accepted */
  readonly queue: number;
};

export type ListeningQuery = { ask(): Listening[]; close(): void };

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const NETLINK_SOCK_DIAG = 4;
const SOCK_DIAG_BY_FAMILY = 20;
const NLM_F_REQUEST_DUMP = 0x301;
const NLMSG_DONE = 3;
const NLMSG_ERROR = 2;
const IPPROTO_TCP = 6;
const LISTEN = 10;
const INET_DIAG_TCLASS = 6;
const INET_DIAG_SKV6ONLY = 11;

const HEADER = 16; // struct nlmsghdr
const REQUEST = HEADER + 56; // struct inet_diag_req_v2
const QUEUE = 56; // idiag_rqueue: of a listener its backlog, not bytes
const MESSAGE = HEADER + 72; // struct inet_diag_msg, then attributes

const answer = new Uint8Array(64 * 1024);
const view = new DataView(answer.buffer);

export function queryListening(netns: string | number): ListeningQuery {
  const fd = inNetns(netns, () =>
    checked("socket", libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)),
  );
  return {
    ask: () => [...dump(fd, AF_INET), ...dump(fd, AF_INET6)],
    close: () => closeFd(fd),
  };
}

function dump(fd: number, family: number): Listening[] {
  const request = new Uint8Array(REQUEST);
  const fields = new DataView(request.buffer);
  fields.setUint32(0, REQUEST, true);
  fields.setUint16(4, SOCK_DIAG_BY_FAMILY, true);
  fields.setUint16(6, NLM_F_REQUEST_DUMP, true);
  request[HEADER] = family;
  request[HEADER + 1] = IPPROTO_TCP;
  request[HEADER + 2] = 1 << (INET_DIAG_TCLASS - 1); // brings INET_DIAG_SKV6ONLY along for listeners
  fields.setUint32(HEADER + 4, 1 << LISTEN, true);
  checked("send", Number(libc.send(fd, request, REQUEST, 0)));

  const found: Listening[] = [];
  for (;;) {
    const length = checked("recv", Number(libc.recv(fd, answer, answer.length, 0)));
    for (let at = 0; at + HEADER <= length; ) {
      const size = view.getUint32(at, true);
      const type = view.getUint16(at + 4, true);
      if (type === NLMSG_DONE) return found;
      // the kernel lacks the module for this family: nothing listens that we could see
      if (type === NLMSG_ERROR || size < HEADER) return found;
      found.push(readMessage(at, size));
      at += (size + 3) & ~3;
    }
  }
}

function readMessage(at: number, size: number): Listening {
  const isV6 = answer[at + HEADER] === AF_INET6;
  const port = view.getUint16(at + HEADER + 4);
  const address = formatIp(answer.subarray(at + HEADER + 8, at + HEADER + 8 + (isV6 ? 16 : 4)));
  let v6Only = false;
  for (let a = at + MESSAGE; a + 4 <= at + size; ) {
    const attributeSize = view.getUint16(a, true);
    if (attributeSize < 4) break;
    if (view.getUint16(a + 2, true) === INET_DIAG_SKV6ONLY) v6Only = answer[a + 4] === 1;
    a += (attributeSize + 3) & ~3;
  }
  return { address, port, v6Only: isV6 && v6Only, queue: view.getUint32(at + HEADER + QUEUE, true) };
}
