// Pipes that a child can reopen by /dev/stdout: the runtime's own "pipe" is a socket, which cannot be opened by name.
import { checked, closeFd, libc } from "./libc.ts";

const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const F_SETFL = 4;

/** No child inherits either end unless it is told to. Our end must be the one made non-blocking: the child's is its own. */
export function makePipe(ours: "read" | "write"): { readonly read: number; readonly write: number } {
  const pair = new Int32Array(2);
  checked("pipe2", libc.pipe2(pair, O_CLOEXEC));
  const [read, write] = [pair[0] as number, pair[1] as number];
  checked("fcntl", libc.fcntl(ours === "read" ? read : write, F_SETFL, O_NONBLOCK));
  return { read, write };
}

/** Calls `take` for each piece until every writer is gone, then closes the descriptor. */
export async function readPipe(read: number, take: (bytes: Uint8Array) => void): Promise<void> {
  try {
    for await (const bytes of Bun.file(read).stream()) take(bytes);
  } finally {
    closeFd(read);
  }
}
