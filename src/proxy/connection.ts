// Sockets to stages: one shared handler object for each kind of socket, and the ways to hold or end a connection.
import { LIMITS } from "./limits.ts";
import type { Connection } from "./shapes.ts";
import { abort } from "./socket-writer.ts";
import type { ProxySocket, SocketEvents } from "./sockets.ts";
import { wake } from "./time.ts";

/** One shared handler object for a kind of socket: no closure per connection. */
export function socketHandlers<C extends Connection<C>>(
  open: (socket: ProxySocket<C>) => void,
  broken: (connection: C, error: unknown) => void,
): SocketEvents<C> {
  return {
    open,
    data(socket, bytes) {
      const connection = socket.data;
      wake(connection.core);
      connection.stage.data(connection, bytes);
    },
    end(socket) {
      const connection = socket.data;
      wake(connection.core);
      connection.stage.end(connection);
    },
    drain(socket) {
      const connection = socket.data;
      wake(connection.core);
      connection.stage.drain(connection);
    },
    close(socket, error) {
      const connection = socket.data;
      if (!connection || connection.isClosed) return;
      connection.isClosed = true;
      wake(connection.core);
      connection.stage.close(connection, error);
    },
    // a handler above threw: a mistake of ours, which costs this one connection and no other
    error(socket, error) {
      broken(socket.data, error);
    },
  };
}

/** stops reading until `resume` */
export function pause<C extends Connection<C>>(connection: C): void {
  if (connection.isPaused || connection.isClosed) return;
  connection.isPaused = true;
  connection.socket.pause();
}

export function resume<C extends Connection<C>>(connection: C): void {
  if (!connection.isPaused || connection.isClosed) return;
  connection.isPaused = false;
  connection.socket.resume();
}

/** Closes both directions in an orderly way: what was written still arrives, unless the peer sent what nobody read. */
export function hangUp<C extends Connection<C>>(connection: C): void {
  if (connection.isClosed) return;
  connection.writer.waiting?.send();
  connection.writer.isEnding = true;
  connection.writer.isShut = true;
  connection.socket.end();
  closed(connection);
}

/**
 * Hangs up on a connection that carries nothing, unless what arrived on it lies unread: to close it then would be a reset,
 * and a request lost. It is asked again once that must have been read.
 */
export function hangUpSilent<C extends Connection<C>>(connection: C): void {
  if (connection.core.deps.sockets.peek(connection.fd) === "data") {
    connection.deadline = connection.core.nowMs + LIMITS.sweepMs;
  } else hangUp(connection);
}

/** Resets it now. The stage hears `close`, at once: set the stage before. */
export function destroy<C extends Connection<C>>(connection: C): void {
  if (connection.isClosed) return;
  abort(connection.writer);
  closed(connection);
}

function closed<C extends Connection<C>>(connection: C): void {
  if (connection.isClosed) return;
  connection.isClosed = true;
  connection.stage.close(connection, undefined);
}
