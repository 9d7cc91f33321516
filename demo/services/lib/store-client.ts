// Speaks to the store over a few TCP connections; commands are pipelined, answers come in order.
import { connect, type Socket } from "node:net";

export type Store = {
  get(key: string): Promise<string | undefined>;
  put(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
  close(): void;
};

export type StoreOptions = {
  readonly host: string;
  readonly port: number;
  /** how long a command may take, connecting included */
  readonly timeoutMs: number;
  /** an unused connection is closed after this */
  readonly idleMs: number;
};

type Answer = { readonly kind: "value"; readonly value: string } | { readonly kind: "none" | "ok" };
type Waiting = { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void };
type Line = { send(command: string): Promise<Answer>; readonly isOpen: () => boolean; close(): void };

export function storeClient(options: StoreOptions): Store {
  let line: Line | undefined;

  function send(command: string): Promise<Answer> {
    if (!line?.isOpen()) line = openLine(options);
    return line.send(command);
  }

  return {
    async get(key) {
      const answer = await send(`GET ${key}\n`);
      return answer.kind === "value" ? answer.value : undefined;
    },
    async put(key, value) {
      await send(`PUT ${key} ${Buffer.byteLength(value)}\n${value}\n`);
    },
    async delete(key) {
      await send(`DEL ${key}\n`);
    },
    close: () => line?.close(),
  };
}

function openLine({ host, port, timeoutMs, idleMs }: StoreOptions): Line {
  const waiting: Waiting[] = [];
  let isOpen = true;
  const read = answerReader((answer) => waiting.shift()?.resolve(answer));
  const socket: Socket = connect({ host, port, noDelay: true });

  function fail(error: Error): void {
    isOpen = false;
    socket.destroy();
    for (const one of waiting.splice(0)) one.reject(error);
  }

  socket.setTimeout(timeoutMs, () => {
    if (waiting.length > 0) fail(new Error(`the store did not answer within ${timeoutMs} ms`));
    else {
      isOpen = false;
      socket.end();
    }
  });
  socket.on("data", (chunk: Buffer) => {
    try {
      read(chunk);
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    }
    if (waiting.length === 0) socket.setTimeout(idleMs);
  });
  socket.on("error", fail);
  socket.on("end", () => fail(new Error("the store closed the connection")));
  socket.on("close", () => fail(new Error("the connection to the store is closed")));

  return {
    isOpen: () => isOpen,
    close: () => fail(new Error("closed by us")),
    send: (command) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        socket.setTimeout(timeoutMs);
        socket.write(command);
      }),
  };
}

/** Cuts the store's stream into answers. Throws on what is none, and on ERROR. */
function answerReader(emit: (answer: Answer) => void): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  return (chunk) => {
    pending = pending.length ? Buffer.concat([pending, chunk]) : chunk;
    for (;;) {
      const end = pending.indexOf(10);
      if (end < 0) return;
      const head = pending.toString("utf8", 0, end);
      const size = /^VALUE (\d+)$/.exec(head)?.[1];
      if (size !== undefined) {
        const until = end + 1 + Number(size);
        if (pending.length < until + 1) return;
        const value = pending.toString("utf8", end + 1, until);
        pending = pending.subarray(until + 1);
        emit({ kind: "value", value });
        continue;
      }
      pending = pending.subarray(end + 1);
      if (head === "NONE") emit({ kind: "none" });
      else if (head === "OK") emit({ kind: "ok" });
      else throw new Error(`the store said: ${head}`);
    }
  };
}
