// What leaves: origin form, one Host, framing of ours, the sender's own fields untouched, and nothing injected.
import { describe, expect, test } from "bun:test";
import { fieldLine, fieldValue } from "./lines.ts";
import { readRequest, readResponse } from "./messages.fixture.ts";
import type { RequestHead, ResponseHead } from "./types.ts";
import {
  chunkHeader,
  lastChunk,
  requestHeadText,
  responseHeadText,
  writeRequestHead,
  writeResponseHead,
} from "./write.ts";

function request(message: string): RequestHead {
  const verdict = readRequest(Buffer.from(message, "latin1"));
  if (verdict.kind !== "read") throw new Error(`unreadable: ${JSON.stringify(verdict)}`);
  return verdict.head;
}

function response(message: string, method = "GET"): ResponseHead {
  const verdict = readResponse(Buffer.from(message, "latin1"), [], method);
  if (verdict.kind !== "read") throw new Error(`unreadable: ${JSON.stringify(verdict)}`);
  return verdict.head;
}

test("fields keep their case, order and bytes; the connection's own are gone", () => {
  const head = request(
    "GET /a HTTP/1.1\r\nx-FIRST: 1\r\nHost: b\r\nConnection: keep-alive, x-private\r\nX-Private: 2\r\nz: caf\xe9\r\n\r\n",
  );

  expect(requestHeadText(head, { connection: "nothing", added: fieldLine("X-Ours", "3") })).toBe(
    "GET /a HTTP/1.1\r\nHost: b\r\nx-FIRST: 1\r\nz: caf\xe9\r\nX-Ours: 3\r\n\r\n",
  );
});

test.each([
  ["http://b/c?d", "/c?d"],
  ["http://b?d", "/?d"],
  ["http://b", "/"],
])("the absolute target %s leaves as %s", (target, sent) => {
  const head = request(`GET ${target} HTTP/1.1\r\nHost: b\r\n\r\n`);

  expect(requestHeadText(head, { connection: "nothing" })).toBe(`GET ${sent} HTTP/1.1\r\nHost: b\r\n\r\n`);
});

test("TE and Upgrade are said anew for the next hop", () => {
  const trailers = request("GET / HTTP/1.1\r\nHost: b\r\nTE: trailers\r\n\r\n");
  const upgrade = request("GET / HTTP/1.1\r\nHost: b\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");

  expect(requestHeadText(trailers, { connection: "nothing" })).toContain("\r\nConnection: TE\r\nTE: trailers\r\n");
  expect(requestHeadText(upgrade, { connection: "upgrade" })).toContain(
    "Connection: Upgrade\r\nUpgrade: websocket\r\n",
  );
});

test("an answer can be framed anew", () => {
  const head = response("HTTP/1.0 200 OK\r\nA: b\r\n\r\nbody");

  expect(responseHeadText(head, { connection: "nothing", framing: { kind: "chunked" } })).toBe(
    "HTTP/1.1 200 OK\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n",
  );
});

test("the length that an answer to HEAD announces is passed on (RFC 9110 §8.6)", () => {
  const head = response("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD");

  expect(responseHeadText(head, { connection: "nothing" })).toBe("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
});

test.each([
  ["Host first", "GET /a?b HTTP/1.1\r\nHost: b:80\r\nC: d\r\n\r\n"],
  ["Host first and a field that is not passed on", "GET /a HTTP/1.1\r\nHost: b\r\nC: d\r\nTE: x\r\nE: f\r\n\r\n"],
  ["Host first and a field that Connection names", "GET /a HTTP/1.1\r\nHost: b\r\nConnection: c\r\nC: d\r\n\r\n"],
  ["Host first and nothing else that stays", "GET /a HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n"],
  ["Host first and blanks to tidy up", "GET /a HTTP/1.1\r\nHost: b\r\nC:d\r\nE:f \r\n\r\n"],
  ["Host later", "GET /a HTTP/1.1\r\nC: d\r\nHost: b\r\n\r\n"],
  ["a blank behind Host", "GET /a HTTP/1.1\r\nHost: b \r\nC: d\r\n\r\n"],
  ["two blanks before a host", "GET /a HTTP/1.1\r\nHost:  b\r\nC: d\r\n\r\n"],
  ["host in lower case", "GET /a HTTP/1.1\r\nhost: b\r\nC: d\r\n\r\n"],
  ["an empty line before", "\r\nGET /a HTTP/1.1\r\nHost: b\r\n\r\n"],
  ["an absolute target", "GET http://b/a HTTP/1.1\r\nHost: b\r\n\r\n"],
  ["HTTP/1.0", "GET /a HTTP/1.0\r\nHost: b\r\n\r\n"],
  ["HTTP/1.0 without Host", "GET /a HTTP/1.0\r\n\r\n"],
])("a request head with %s is written in place as it is written as text", (_, message) => {
  const head = request(message);
  const trace = { trace0: 1, trace1: 0xffffffff, trace2: 0, trace3: 7, parent0: 0xabc, parent1: 9, flags: 1 };
  const options = {
    connection: "nothing",
    added: fieldLine("X-Ours", "3"),
    also: fieldLine("X-Too", "4"),
    trace,
  } as const;
  const text = requestHeadText(head, options);
  const into = Buffer.alloc(1024);

  expect(into.toString("latin1", 3, writeRequestHead(into, 3, head, options))).toBe(text);
  expect(text).toStartWith(
    `GET ${head.target.startsWith("/a?") ? "/a?b" : "/a"} HTTP/1.1\r\nHost: ${head.authority}\r\n`,
  );
  expect(text).toContain(
    "traceparent: 00-00000001ffffffff0000000000000007-00000abc00000009-01\r\nX-Ours: 3\r\nX-Too: 4\r\n\r\n",
  );
});

test.each([0, 9, 10, 4096, 2 ** 31, 999_999_999_999_999])("a length of %d is written digit by digit", (bytes) => {
  const head = response(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\n\r\n`, "HEAD");
  const options = { connection: "nothing", framing: { kind: "length", bytes } } as const;
  const into = Buffer.alloc(1024);

  expect(into.toString("latin1", 0, writeResponseHead(into, 0, head, options))).toBe(
    `HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\n\r\n`,
  );
});

test("a head that does not fit is not written by half", () => {
  const head = response("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  const size = responseHeadText(head, { connection: "nothing" }).length;

  expect(writeResponseHead(Buffer.alloc(size + 2), 2, head, { connection: "nothing" })).toBe(size + 2);
  expect(writeResponseHead(Buffer.alloc(size + 2), 3, head, { connection: "nothing" })).toBe(-1);
});

test("chunks", () => {
  expect(chunkHeader(255)).toBe("ff\r\n");
  expect(lastChunk()).toBe("0\r\n\r\n");
  expect(lastChunk(fieldLine("A", "b"))).toBe("0\r\nA: b\r\n\r\n");
});

test("the value of a field is found by its name in any case", () => {
  const head = request("GET / HTTP/1.1\r\nHost: b\r\nCookie2: x\r\nCOOKIE: a=1\r\n\r\n");

  expect(fieldValue(head.lines!, "cookie")).toBe("a=1");
  expect(fieldValue(head.lines!, "cookie3")).toBeUndefined();
});

describe("nothing of ours can inject a line:", () => {
  const asked = request("GET / HTTP/1.1\r\nHost: b\r\n\r\n");
  const answered = response("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  const made = (changes: Partial<RequestHead>): RequestHead => ({ ...asked, fields: [], ...changes });
  const answer = (changes: Partial<ResponseHead>): ResponseHead => ({ ...answered, fields: [], ...changes });
  const write = (head: RequestHead) => requestHeadText(head, { connection: "upgrade" });

  test.each<[string, () => string]>([
    ["a value with CRLF", () => fieldLine("A", "b\r\nC: d")],
    ["a value with a bare LF", () => fieldLine("A", "b\nC: d")],
    ["a value with a NUL", () => fieldLine("A", "b\0")],
    ["a value beyond Latin-1, whose low byte is an LF", () => fieldLine("A", "\u010a")],
    ["a value with a space at its end", () => fieldLine("A", "b ")],
    ["a name with a colon", () => fieldLine("A:", "b")],
    ["an empty name", () => fieldLine("", "b")],
    ["a method with a space", () => write(made({ method: "GET /" }))],
    ["a target with CRLF", () => write(made({ target: "/\r\nA: b" }))],
    ["a target with a space", () => write(made({ target: "/ HTTP/1.1" }))],
    ["an authority with CRLF", () => write(made({ authority: "a\r\nB: c" }))],
    ["an upgrade with CRLF", () => write(made({ upgrade: "a\r\nB: c" }))],
    ["a field with CRLF", () => write({ ...made({}), lines: undefined as never, fields: ["A", "\r\nB"] })],
    ["a reason with CRLF", () => responseHeadText(answer({ reason: "OK\r\nA: b" }), { connection: "nothing" })],
    ["a status with more behind it", () => responseHeadText(answer({ status: 200.5 }), { connection: "nothing" })],
  ])("%s throws", (_, run) => {
    expect(run).toThrow(TypeError);
  });
});
