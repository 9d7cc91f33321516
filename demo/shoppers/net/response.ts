// Reads one HTTP/1.1 response from a connection's bytes (RFC 9112).
// Not node:http: it costs three times the CPU per request, and shoppers are many.

export type Response = {
  readonly status: number;
  /** names in lower case; Set-Cookie is apart because it must not be joined */
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: Uint8Array;
  /** may the connection be used again? */
  readonly isReusable: boolean;
};

export type Reader = {
  /** the response, once it is whole; throws on what is no HTTP */
  push(bytes: Uint8Array): Response | undefined;
  /** the peer has closed: the response if that is its end */
  end(): Response | undefined;
};

type Head = Omit<Response, "body"> & { readonly framing: "none" | "close" | "chunked" | number };

const LONGEST_HEAD = 65_536;
const LONGEST_BODY = 16 << 20;
const EMPTY = new Uint8Array();

export function reader(method: string): Reader {
  let rest: Uint8Array = EMPTY;
  let head: Head | undefined;
  const pieces: Uint8Array[] = [];
  let size = 0;

  const done = ({ framing: _, ...response }: Head): Response => ({
    ...response,
    isReusable: response.isReusable && rest.length === 0,
    body: pieces.length === 1 ? (pieces[0] ?? EMPTY) : Buffer.concat(pieces),
  });
  const keep = (bytes: Uint8Array) => {
    size += bytes.length;
    if (size > LONGEST_BODY) throw new Error("the answer is too long");
    if (bytes.length > 0) pieces.push(bytes);
  };

  function push(bytes: Uint8Array): Response | undefined {
    rest = rest.length > 0 ? Buffer.concat([rest, bytes]) : bytes;
    while (!head) {
      const end = Buffer.from(rest.buffer, rest.byteOffset, rest.length).indexOf("\r\n\r\n");
      if (end > LONGEST_HEAD || (end < 0 && rest.length > LONGEST_HEAD))
        throw new Error("the answer's head is too long");
      if (end < 0) return undefined;
      const parsed = parseHead(latin1(rest, 0, end), method);
      rest = rest.subarray(end + 4);
      if (parsed.status >= 200) head = parsed; // 1xx: the real one follows
    }
    switch (head.framing) {
      case "none":
        return done(head);
      case "close":
        keep(rest);
        rest = EMPTY;
        return undefined;
      case "chunked":
        return takeChunks() ? done(head) : undefined;
      default: {
        const part = rest.subarray(0, head.framing - size);
        keep(part);
        rest = rest.subarray(part.length);
        return size === head.framing ? done(head) : undefined;
      }
    }
  }

  /** whether the last chunk is in */
  function takeChunks(): boolean {
    for (;;) {
      const view = Buffer.from(rest.buffer, rest.byteOffset, rest.length);
      const lineEnd = view.indexOf("\r\n");
      if (lineEnd < 0) return false;
      const length = /^[0-9a-f]{1,8}/i.exec(latin1(rest, 0, lineEnd))?.[0];
      if (length === undefined) throw new Error("a chunk has no length");
      const chunk = Number.parseInt(length, 16);
      if (chunk === 0) {
        // trailers, if any, end with an empty line as the chunks themselves do
        const end = view.indexOf("\r\n\r\n", lineEnd);
        if (end < 0) return false;
        rest = rest.subarray(end + 4);
        return true;
      }
      if (rest.length < lineEnd + 2 + chunk + 2) return false;
      keep(rest.subarray(lineEnd + 2, lineEnd + 2 + chunk));
      rest = rest.subarray(lineEnd + 2 + chunk + 2);
    }
  }

  return { push, end: () => (head?.framing === "close" ? done(head) : undefined) };
}

function parseHead(text: string, method: string): Head {
  const [statusLine = "", ...lines] = text.split("\r\n");
  const version = /^HTTP\/1\.([01]) (\d{3})/.exec(statusLine);
  if (!version) throw new Error(`the answer is no HTTP/1: ${JSON.stringify(statusLine.slice(0, 40))}`);
  const status = Number(version[2]);
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === "set-cookie") cookies.push(value);
    else headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  const framing = framingOf(headers, status, method);
  const wantsClose = /\bclose\b/i.test(headers.connection ?? "") || version[1] === "0";
  return { status, headers, cookies, framing, isReusable: !wantsClose && framing !== "close" };
}

/** RFC 9112 §6.3 */
function framingOf(headers: Record<string, string>, status: number, method: string): Head["framing"] {
  if (method === "HEAD" || status === 204 || status === 304 || status < 200) return "none";
  if (headers["transfer-encoding"] !== undefined) return "chunked";
  const length = headers["content-length"];
  if (length === undefined) return "close";
  if (!/^\d+$/.test(length)) throw new Error(`the answer's length is ${JSON.stringify(length)}`);
  return length === "0" ? "none" : Number(length);
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1", from, to);
}
