// Hands descriptors that were made elsewhere to the runtime. Its types do not tell that it can; it can.
import type { Socket, SocketHandler } from "bun";

/** The runtime owns the descriptor from now on and closes it. For a socket whose connect is under way `open` fires at
 *  once, the first `drain` means connected, and a failure comes as `close` with an error. */
export function adoptStream<Data = undefined>(fd: number, socket: SocketHandler<Data>): Promise<Socket<Data>> {
  return Bun.connect({ fd, socket } as unknown as Parameters<typeof Bun.connect<Data>>[0]);
}
