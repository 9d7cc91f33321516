// Serves DNS over UDP on a workload's resolver socket. Several workers share that socket: who reads a query answers it.

import type { udp } from "bun";

/** queries under way for one workload; more are dropped, the client asks again */
const MAX_PENDING = 1024;

export type UdpServer = { close(): void };

/** Takes over the descriptor. */
export async function serveUdp(
  fd: number,
  answer: (query: Uint8Array) => Promise<Uint8Array | undefined>,
): Promise<UdpServer> {
  let pending = 0;
  const socket = await Bun.udpSocket({
    fd,
    socket: {
      data(from: udp.Socket<"buffer">, query: Buffer, port: number, address: string) {
        if (pending >= MAX_PENDING) return;
        pending++;
        answer(new Uint8Array(query))
          .then((response) => {
            if (response) from.send(response, port, address);
          })
          .catch(() => {}) // the socket was closed meanwhile
          .finally(() => pending--);
      },
      error() {}, // a client that is gone (ECONNREFUSED) concerns nobody
    },
  } as unknown as udp.SocketOptions<"buffer">);
  return { close: () => socket.close() };
}
