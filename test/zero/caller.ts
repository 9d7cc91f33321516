// Careful HTTP clients: they keep connections, use none that rested for long or whose end lies unread, and never repeat a
// request. There are many of them, so a connection rests for a second or two between its requests: in that time lies the
// moment in which one side closes it and the other uses it.
import type { Clock } from "../../src/base/clock.ts";
import type { Random } from "../../src/base/random.ts";
import { peek } from "../../src/sys/socket.ts";
import { type Answer, readAnswer } from "./answer.ts";

/** of a client that is told nothing by the server; undici has the same */
const REST_MS = 4_000;

/** connections that rest or carry something, where that many are wanted */
const KEPT = 300;

export type Target = { readonly host: string; readonly port: number };
export type Outcome = { readonly answer: Answer } | { readonly failure: string };

export type Caller = {
  /** @param keeps whether the connection may carry others, before and after */
  send(request: Uint8Array, keeps: boolean, done: (outcome: Outcome) => void): void;
  /** connections that are open now */
  open(): number;
  close(): void;
};

type Connection = {
  socket: Bun.Socket<Connection> | undefined;
  unsent: Uint8Array | undefined;
  received: Buffer;
  done: ((outcome: Outcome) => void) | undefined;
  keeps: boolean;
  uses: number;
  restingSince: number;
  isEnded: boolean;
};

export function caller({ host, port }: Target, { clock, random }: { clock: Clock; random: Random }): Caller {
  const idle: Connection[] = [];
  let open = 0;

  const settle = (connection: Connection, outcome: Outcome) => {
    const { done } = connection;
    connection.done = undefined;
    done?.(outcome);
  };

  const end = (connection: Connection, how: string) => {
    const place = idle.indexOf(connection);
    if (place >= 0) idle.splice(place, 1);
    if (!connection.isEnded) open--;
    connection.isEnded = true;
    const rested = connection.uses > 1 ? `, on a connection used ${connection.uses} times` : "";
    settle(connection, { failure: `${how} after ${connection.received.length} bytes of the answer${rested}` });
  };

  const write = (connection: Connection) => {
    const { socket, unsent } = connection;
    if (!socket || !unsent) return;
    const count = Math.max(0, socket.write(unsent));
    connection.unsent = count < unsent.length ? unsent.subarray(count) : undefined;
  };

  const take = (connection: Connection, bytes: Buffer) => {
    connection.received = Buffer.concat([connection.received, bytes]);
    if (!connection.done) return connection.socket?.terminate();
    try {
      const answer = readAnswer(connection.received);
      if (!answer) return;
      // first, because our own end of a connection is told at once
      settle(connection, { answer });
      if (answer.isLast || !connection.keeps) connection.socket?.end();
      else {
        connection.restingSince = clock.monotonicMs();
        idle.push(connection);
      }
    } catch (thrown) {
      settle(connection, { failure: (thrown as Error).message });
      connection.socket?.terminate();
    }
  };

  const connect = (connection: Connection) => {
    open++;
    Bun.connect({
      hostname: host,
      port,
      data: connection,
      socket: {
        open(socket) {
          connection.socket = socket;
          socket.setNoDelay(true);
          write(connection);
        },
        data: (_, bytes) => take(connection, Buffer.from(bytes)),
        drain: () => write(connection),
        end: () => end(connection, "it was closed"),
        close: (_, error) => end(connection, (error as { code?: string } | undefined)?.code ?? "it was closed"),
        error: (_, error) => end(connection, (error as { code?: string }).code ?? error.message),
        connectError: (_, error) =>
          end(connection, `no connection: ${(error as { code?: string }).code ?? error.message}`),
      },
    }).catch(() => {}); // `connectError` has told it
  };

  const rested = (): Connection | undefined => {
    while (idle.length > 0 && open >= KEPT) {
      const place = Math.floor(random.unit() * idle.length);
      const one = idle[place] as Connection;
      idle[place] = idle.at(-1) as Connection;
      idle.pop();
      const { fd } = one.socket as unknown as { readonly fd: number };
      if (clock.monotonicMs() - one.restingSince < REST_MS && peek(fd) === "open") return one;
      one.socket?.end();
    }
    return undefined;
  };

  return {
    send(request, keeps, done) {
      const used = keeps ? rested() : undefined;
      const connection: Connection = used ?? {
        ...{ socket: undefined, unsent: undefined, received: Buffer.alloc(0), done: undefined },
        ...{ keeps, uses: 0, restingSince: 0, isEnded: false },
      };
      connection.done = done;
      connection.unsent = request;
      connection.received = Buffer.alloc(0);
      connection.uses++;
      if (used) write(connection);
      else connect(connection);
    },
    open: () => open,
    close() {
      for (const { socket } of [...idle]) socket?.end();
    },
  };
}
