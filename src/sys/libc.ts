// The calls of libc that Bun does not offer, and errno. All of `sys` goes through this one table.
import { dlopen, read, FFIType as T } from "bun:ffi";

const { symbols } = dlopen("libc.so.6", {
  __errno_location: { args: [], returns: T.ptr },
  bind: { args: [T.i32, T.ptr, T.u32], returns: T.i32 },
  clock_gettime: { args: [T.i32, T.ptr], returns: T.i32 },
  close: { args: [T.i32], returns: T.i32 },
  connect: { args: [T.i32, T.ptr, T.u32], returns: T.i32 },
  fcntl: { args: [T.i32, T.i32, T.i64], returns: T.i32 },
  flock: { args: [T.i32, T.i32], returns: T.i32 },
  getsockname: { args: [T.i32, T.ptr, T.ptr], returns: T.i32 },
  getsockopt: { args: [T.i32, T.i32, T.i32, T.ptr, T.ptr], returns: T.i32 },
  listen: { args: [T.i32, T.i32], returns: T.i32 },
  pipe2: { args: [T.ptr, T.i32], returns: T.i32 },
  prctl: { args: [T.i32, T.u64, T.u64, T.u64, T.u64], returns: T.i32 },
  recv: { args: [T.i32, T.ptr, T.u64, T.i32], returns: T.i64_fast },
  recvmsg: { args: [T.i32, T.ptr, T.i32], returns: T.i64_fast },
  sendmsg: { args: [T.i32, T.ptr, T.i32], returns: T.i64_fast },
  shutdown: { args: [T.i32, T.i32], returns: T.i32 },
  setns: { args: [T.i32, T.i32], returns: T.i32 },
  setgroups: { args: [T.u64, T.ptr], returns: T.i32 },
  setresgid: { args: [T.u32, T.u32, T.u32], returns: T.i32 },
  setresuid: { args: [T.u32, T.u32, T.u32], returns: T.i32 },
  send: { args: [T.i32, T.ptr, T.u64, T.i32], returns: T.i64_fast },
  setsockopt: { args: [T.i32, T.i32, T.i32, T.ptr, T.u32], returns: T.i32 },
  socket: { args: [T.i32, T.i32, T.i32], returns: T.i32 },
  socketpair: { args: [T.i32, T.i32, T.i32, T.ptr], returns: T.i32 },
});

export const libc = symbols;

/** The error number of the call made last on this thread: read it at once. */
export function errno(): number {
  const at = symbols.__errno_location();
  return at === null ? 0 : read.i32(at, 0);
}

const NAMES: Readonly<Record<number, string>> = {
  1: "EPERM",
  2: "ENOENT",
  3: "ESRCH",
  4: "EINTR",
  9: "EBADF",
  11: "EAGAIN",
  12: "ENOMEM",
  13: "EACCES",
  16: "EBUSY",
  17: "EEXIST",
  22: "EINVAL",
  23: "ENFILE",
  24: "EMFILE",
  30: "EROFS",
  32: "EPIPE",
  92: "ENOPROTOOPT",
  97: "EAFNOSUPPORT",
  98: "EADDRINUSE",
  99: "EADDRNOTAVAIL",
  100: "ENETDOWN",
  101: "ENETUNREACH",
  103: "ECONNABORTED",
  104: "ECONNRESET",
  105: "ENOBUFS",
  106: "EISCONN",
  107: "ENOTCONN",
  109: "ETOOMANYREFS",
  110: "ETIMEDOUT",
  111: "ECONNREFUSED",
  112: "EHOSTDOWN",
  113: "EHOSTUNREACH",
  114: "EALREADY",
  115: "EINPROGRESS",
};

/** `ECONNREFUSED` for 111; `errno 200` for what has no name here */
export function errnoName(number: number): string {
  return NAMES[number] ?? `errno ${number}`;
}

/** A call that the kernel refused; `name` is errno's, such as EADDRINUSE. */
export class SystemError extends Error {
  readonly errno: number;
  readonly errnoName: string;

  constructor(call: string, number: number, detail = "") {
    super(`${call}: ${errnoName(number)}${detail && ` (${detail})`}`);
    this.name = "SystemError";
    this.errno = number;
    this.errnoName = errnoName(number);
  }
}

/** Gives the result back, or throws what errno says when it is negative. */
export function checked(call: string, result: number, detail?: string): number {
  if (result < 0) throw new SystemError(call, errno(), detail);
  return result;
}

export function closeFd(fd: number): void {
  libc.close(fd);
}

export function closeFds(fds: readonly number[]): void {
  for (const fd of fds) libc.close(fd);
}

const F_DUPFD_CLOEXEC = 1030;
const F_SETFD = 2;
const FD_CLOEXEC = 1;

/** A second descriptor of the same open file, numbered `lowest` or above, which children do not inherit. */
export function duplicate(fd: number, lowest = 0): number {
  return checked("fcntl", libc.fcntl(fd, F_DUPFD_CLOEXEC, lowest));
}

/** An inherited descriptor is ours alone from now on: our children do not get it. */
export function keepFromChildren(fd: number): void {
  checked("fcntl", libc.fcntl(fd, F_SETFD, FD_CLOEXEC));
}
