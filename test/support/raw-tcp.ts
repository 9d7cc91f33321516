// Byte-level clients and servers: they send exactly what a test says and show exactly what arrived.
import type { Socket } from "bun";
import { eventually } from "./eventually.ts";

export type RawConnection = {
  /** everything received so far, Latin-1 */
  readonly text: string;
  readonly receivedBytes: number;
  /** `fin`, then perhaps `closed`; `reset` after ECONNRESET */
  readonly ending: "open" | "fin" | "closed" | "reset";
  send(data: string | Uint8Array): Promise<void>;
  /** FIN; reading goes on */
  finish(): void;
  /** RST */
  reset(): void;
  close(): void;
  pause(): void;
  resume(): void;
  /** resolves with all received text once it matches */
  until(pattern: string | RegExp): Promise<string>;
  ended(): Promise<RawConnection["ending"]>;
};

type State = {
  chunks: Buffer[];
  bytes: number;
  ending: RawConnection["ending"];
  roomy: (() => void) | undefined;
  keepText: boolean;
};

const handlers = {
  data(socket: Socket<State>, data: Buffer) {
    socket.data.bytes += data.length;
    if (socket.data.keepText) socket.data.chunks.push(data);
  },
  end(socket: Socket<State>) {
    socket.data.ending = "fin";
  },
  drain(socket: Socket<State>) {
    socket.data.roomy?.();
  },
  close(socket: Socket<State>, error?: Error & { code?: string }) {
    socket.data.ending = error ? "reset" : "closed";
    socket.data.roomy?.();
  },
  error() {},
};

function state(keepText: boolean): State {
  return { chunks: [], bytes: 0, ending: "open", roomy: undefined, keepText };
}

function connection(socket: Socket<State>): RawConnection {
  const self: RawConnection = {
    get text() {
      return Buffer.concat(socket.data.chunks).toString("latin1");
    },
    get receivedBytes() {
      return socket.data.bytes;
    },
    get ending() {
      return socket.data.ending;
    },
    async send(data) {
      const bytes = typeof data === "string" ? Buffer.from(data, "latin1") : data;
      for (let at = 0; at < bytes.length; ) {
        const taken = socket.write(bytes, at, bytes.length - at);
        if (taken < 0 || socket.data.ending === "closed" || socket.data.ending === "reset") return;
        at += taken;
        if (at < bytes.length) {
          await new Promise<void>((resolve) => {
            socket.data.roomy = resolve;
          });
        }
      }
    },
    finish: () => socket.shutdown(),
    reset: () => socket.terminate(),
    close: () => void socket.end(),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    async until(pattern) {
      try {
        await eventually(() => (typeof pattern === "string" ? self.text.includes(pattern) : pattern.test(self.text)), {
          withinMs: 5000,
          everyMs: 2,
        });
      } catch {
        throw new Error(`no ${pattern} in ${JSON.stringify(self.text)} (${self.ending})`);
      }
      return self.text;
    },
    async ended() {
      await eventually(() => self.ending !== "open", { withinMs: 5000, everyMs: 2 });
      return self.ending;
    },
  };
  return self;
}

export async function rawClient(port: number, { keepText = true } = {}): Promise<RawConnection> {
  const socket = await Bun.connect<State>({
    hostname: "127.0.0.1",
    port,
    allowHalfOpen: true,
    data: state(keepText),
    socket: handlers,
  });
  return connection(socket);
}

export type RawServer = {
  readonly port: number;
  readonly connections: RawConnection[];
  /** the nth connection, once it is there */
  connection(n: number): Promise<RawConnection>;
  stop(): void;
};

/** @param answer called with each piece that arrives: what it returns is sent back */
export function rawServer(
  answer?: (text: string, connection: RawConnection) => string | undefined,
  { greeting, keepText = true }: { greeting?: string; keepText?: boolean } = {},
): RawServer {
  const connections: RawConnection[] = [];
  const bySocket = new Map<Socket<State>, RawConnection>();
  const listener = Bun.listen<State>({
    hostname: "127.0.0.1",
    port: 0,
    allowHalfOpen: true,
    socket: {
      ...handlers,
      open(socket) {
        socket.data = state(keepText);
        const raw = connection(socket);
        bySocket.set(socket, raw);
        connections.push(raw);
        if (greeting) socket.write(greeting);
      },
      data(socket, data) {
        handlers.data(socket, data);
        const raw = bySocket.get(socket);
        const text = raw && answer?.(data.toString("latin1"), raw);
        if (text) void raw.send(text);
      },
    },
  });
  return {
    port: listener.port,
    connections,
    connection: (n) => eventually(() => connections[n], { withinMs: 5000, everyMs: 2 }) as Promise<RawConnection>,
    stop: () => listener.stop(true),
  };
}

/** A complete answer with a body by length. */
export function ok(body: string, fields = ""): string {
  return `HTTP/1.1 200 OK\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`;
}
