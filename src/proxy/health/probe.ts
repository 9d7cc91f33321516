// One active check: a connection of its own to the endpoint, one GET, and whether its answer has a status that counts as
// well. It says `Connection: close`, so that an app need not be asked whether it keeps connections.
import { parseResponseHead } from "../../protocol/http1/response.ts";
import { LIMITS } from "../limits.ts";
import type { Core } from "../shapes.ts";
import type { SocketEvents } from "../sockets.ts";
import { timer } from "../timers.ts";
import type { DialTarget } from "../types.ts";

export type Probe = {
  readonly target: DialTarget;
  readonly path: string;
  /** what it says in Host */
  readonly host: string;
  readonly timeoutMs: number;
  readonly statuses: readonly [from: number, to: number];
};

const GET = { method: "GET" };

/** `done` is called once. */
export function probe(
  core: Core,
  { target, path, host, timeoutMs, statuses }: Probe,
  done: (isWell: boolean) => void,
): void {
  let isOver = false;
  let received: Buffer = Buffer.alloc(0);
  let close = () => {};
  const finish = (isWell: boolean) => {
    if (isOver) return;
    isOver = true;
    core.timers.disarm(limit);
    close();
    done(isWell);
  };
  const limit = timer(() => finish(false));
  core.timers.arm(limit, core.nowMs + timeoutMs);

  const question = Buffer.from(
    `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: meshwise-health\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
    "latin1",
  );
  let isAsked = false;
  const events: SocketEvents<unknown> = {
    open(socket) {
      close = () => socket.terminate();
      if (isOver) close();
    },
    drain(socket) {
      // it stands; so small a message fits into an empty socket's buffer
      if (isAsked) return;
      isAsked = true;
      socket.write(question);
    },
    data(_, bytes) {
      received = Buffer.concat([received, bytes]);
      const result = parseResponseHead(received, 0, received.length, LIMITS.head, GET);
      if (result.kind === "violation") return finish(false);
      if (result.kind === "incomplete") return;
      const { status } = result.head;
      // interim answers tell nothing
      if (status < 200) received = received.subarray(result.length);
      else finish(status >= statuses[0] && status <= statuses[1]);
    },
    end: () => finish(false),
    close: () => finish(false),
    error: () => finish(false),
  };
  core.deps.dial(target, (result) => {
    if (!result.ok) return finish(false);
    core.deps.sockets.connect(result.fd, {}, events);
  });
}
