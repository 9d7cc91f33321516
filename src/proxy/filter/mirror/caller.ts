// The caller of a request's copy: a connection without a socket, which takes every answer and keeps nothing.
import { exchange } from "../../exchange.ts";
import { forgetDownstream } from "../../listen/downstream.ts";
import type { Downstream, Exchange, Layer, Stage } from "../../shapes.ts";
import { socketWriter } from "../../socket-writer.ts";
import type { ProxySocket } from "../../sockets.ts";

/** no descriptor: the kernel knows nothing of it */
const NO_FD = -1;

function nothing(): ProxySocket<Downstream> {
  return {
    localAddress: "",
    localPort: 0,
    remoteAddress: "",
    write: (_bytes: unknown, _offset?: number, length?: number) => length ?? 0,
    shutdown() {},
    end() {},
    terminate() {},
    pause() {},
    resume() {},
    setKeepAlive: () => true,
    setNoDelay: () => true,
  } as unknown as ProxySocket<Downstream>;
}

const unused: Stage<Downstream> = {
  name: "mirror",
  data() {},
  end() {},
  drain() {},
  close: forgetDownstream,
  expire() {},
};

/** Calls as `down` does: in its name and from where it is. */
export function mirrorCaller(down: Downstream): Downstream {
  const socket = nothing();
  const self: Omit<Downstream, "exchange"> & { exchange?: Exchange } = {
    ...down,
    socket,
    fd: NO_FD,
    writer: socketWriter(socket),
    stage: unused,
    isPaused: false,
    exchanges: 1,
    place: -1,
    unread: undefined,
    unreadAt: 0,
    isLast: true,
    isReading: false,
    isHalfClosed: false,
  };
  self.exchange = exchange(self as Downstream);
  return self as Downstream;
}

/** What becomes of the caller afterwards: it goes. */
export function forgetCopy(): Layer {
  return () => ({
    settle({ downstream: caller }) {
      caller.core.mirroring--;
      caller.isClosed = true;
      forgetDownstream(caller);
    },
  });
}
