// Passes open descriptors over a unix socket (SCM_RIGHTS, unix(7)). One message carries all descriptors that belong together.
import { ptr } from "bun:ffi";
import { errno, libc, SystemError } from "./libc.ts";

/** the kernel takes no more in one message (SCM_MAX_FD) */
export const MAX_DESCRIPTORS = 253;

const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const MSG_CMSG_CLOEXEC = 0x40000000;
const EAGAIN = 11;
const ENOBUFS = 105;
const ETOOMANYREFS = 109;

const CONTROL_HEADER = 16;
const control = new Uint8Array(CONTROL_HEADER + MAX_DESCRIPTORS * 4 + 8);
const controlView = new DataView(control.buffer);
const byte = new Uint8Array(1);
const vector = new BigUint64Array([BigInt(ptr(byte)), 1n]);
// struct msghdr: name, namelen, iov, iovlen, control, controllen, flags
const header = new BigUint64Array(7);

function prepare(controlLength: number): void {
  header[0] = 0n;
  header[1] = 0n;
  header[2] = BigInt(ptr(vector));
  header[3] = 1n;
  header[4] = BigInt(ptr(control));
  header[5] = BigInt(controlLength);
  header[6] = 0n;
}

/** Sends copies of `fds`; false: the socket is full just now, try again later. Throws SystemError when the peer is gone. */
export function sendDescriptors(lane: number, fds: readonly number[]): boolean {
  const length = CONTROL_HEADER + fds.length * 4;
  prepare((length + 7) & ~7);
  controlView.setBigUint64(0, BigInt(length), true);
  controlView.setInt32(8, SOL_SOCKET, true);
  controlView.setInt32(12, SCM_RIGHTS, true);
  for (let i = 0; i < fds.length; i++) controlView.setInt32(CONTROL_HEADER + i * 4, fds[i] as number, true);
  if (Number(libc.sendmsg(lane, header, MSG_DONTWAIT | MSG_NOSIGNAL)) >= 0) return true;
  const error = errno();
  // ETOOMANYREFS: too many descriptors are under way; they become fewer as the other end reads
  if (error === EAGAIN || error === ENOBUFS || error === ETOOMANYREFS) return false;
  throw new SystemError("sendmsg", error);
}

/** The next message's descriptors, ours to close. Fewer than were sent when this process has no room for more (EMFILE). */
export function receiveDescriptors(lane: number): number[] {
  prepare(control.length);
  if (Number(libc.recvmsg(lane, header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC)) <= 0) return [];
  if (Number(header[5]) < CONTROL_HEADER) return [];
  if (controlView.getInt32(8, true) !== SOL_SOCKET || controlView.getInt32(12, true) !== SCM_RIGHTS) return [];
  const count = (Number(controlView.getBigUint64(0, true)) - CONTROL_HEADER) >> 2;
  return Array.from({ length: count }, (_, i) => controlView.getInt32(CONTROL_HEADER + i * 4, true));
}
