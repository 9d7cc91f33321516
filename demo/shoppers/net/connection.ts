// One connection to the shop, from an address of the visitor's own, at the speed of the visitor's link.
import type { Link } from "./link.ts";
import { type Reader, type Response, reader } from "./response.ts";

export type Request = {
  readonly method: "GET" | "HEAD" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};

export type Connection = {
  isOpen(): boolean;
  /** One at a time. Rejects when the connection ends before the answer does. */
  exchange(request: Request): Promise<Response>;
  close(): void;
};

/** Why there is no answer. `hasBegun`: some of it had come. */
export class Broken extends Error {
  readonly hasBegun: boolean;
  constructor(reason: string, hasBegun = false) {
    super(reason);
    this.hasBegun = hasBegun;
  }
}

export type Target = { readonly host: string; readonly port: number };

/** below this a pause costs more than it shapes */
const SHORTEST_PAUSE_MS = 5;
/** of a form, in bytes: so much is on its way at once */
const PIECE = 16_384;

/** `address`: where the visitor comes from, if the target can be reached from there. */
export async function dial({ host, port }: Target, address: string | undefined, link: Link): Promise<Connection> {
  type Waiting = { answer(response: Response): void; fail(error: Broken): void; reader: Reader; hasBegun: boolean };
  let waiting: Waiting | undefined;
  let isOpen = true;

  function fail(reason: string): void {
    isOpen = false;
    if (!waiting) return void socket?.end();
    waiting.fail(new Broken(reason, waiting.hasBegun));
    waiting = undefined;
    socket?.terminate();
  }

  let socket: Bun.Socket | undefined;
  // Bun binds to `localAddress` as Node does; its types do not know it
  const options: Bun.TCPSocketConnectOptions & { localAddress?: string } = {
    hostname: host,
    port,
    ...(address ? { localAddress: address } : {}),
    socket: {
      data: (from, bytes) => {
        if (!waiting) return fail("the shop spoke unasked");
        waiting.hasBegun = true;
        const { answer, reader } = waiting;
        const waitMs = link.receiveMs(bytes.length);
        let response: Response | undefined;
        try {
          response = reader.push(bytes);
        } catch (error) {
          return fail(error instanceof Error ? error.message : String(error));
        }
        if (response) {
          waiting = undefined;
          if (!response.isReusable) isOpen = false;
          return void setTimeout(answer, waitMs + link.rttMs, response);
        }
        if (waitMs < SHORTEST_PAUSE_MS) return;
        from.pause();
        setTimeout(() => from.resume(), waitMs);
      },
      end: () => {
        const response = waiting?.reader.end();
        if (response) waiting?.answer(response);
        if (response) waiting = undefined;
        fail("the connection was closed");
      },
      close: () => fail("the connection was closed"),
      error: (_, error) => fail(sentence(error)),
      connectError: () => {}, // the promise says it
    },
  };
  try {
    socket = await Bun.connect(options);
  } catch (error) {
    throw new Broken(sentence(error));
  }
  const connected = socket;
  await Bun.sleep(link.rttMs); // the handshake

  async function exchange(request: Request): Promise<Response> {
    if (!isOpen) throw new Broken("the connection was closed");
    const answered = new Promise<Response>((answer, fail) => {
      waiting = { answer, fail, reader: reader(request.method), hasBegun: false };
    });
    // a head is short and alone: it fits into an empty send buffer, so its write is never partial
    connected.write(head(request));
    if (request.body !== undefined) send(Buffer.from(request.body));
    return answered;
  }

  /** A piece at a time, each when the link would have carried it: the shop waits for a form as long as for one from there. */
  function send(body: Uint8Array): void {
    if (body.length === 0) return;
    const piece = body.subarray(0, PIECE);
    setTimeout(() => {
      if (isOpen) send(body.subarray(Math.max(0, connected.write(piece))));
    }, link.sendMs(piece.length));
  }

  return { isOpen: () => isOpen, exchange, close: () => fail("the visitor left") };
}

function head({ method, path, headers, body }: Request): string {
  let text = `${method} ${path} HTTP/1.1\r\n`;
  for (const name in headers) text += `${name}: ${headers[name]}\r\n`;
  if (body !== undefined) text += `content-length: ${Buffer.byteLength(body)}\r\n`;
  return `${text}\r\n`;
}

function sentence(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ECONNREFUSED":
      return "the connection was refused";
    case "ECONNRESET":
    case "EPIPE":
      return "the connection was reset";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
