// Odd but legal messages: they are read, and mean what the RFC says they mean. Whether they arrive at once or byte by byte.
import { describe, expect, test } from "bun:test";
import { everyCut, LIMITS, readRequest, readResponse } from "./messages.fixture.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n";
const UPTIME = "User-Agent: Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)\r\n";
const POST = "POST / HTTP/1.1\r\nHost: a\r\n";
const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n\r\n`;
const UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\n";

type Row = readonly [what: string, section: string, message: string, meaning: Record<string, unknown>];

const REQUEST_HEADS: Row[] = [
  ["one empty line before the request", "9112 §2.2", `\r\n${GET}\r\n`, { method: "GET", target: "/" }],
  ["a method nobody knows", "9110 §9.1", "M-SEARCH / HTTP/1.1\r\nHost: a\r\n\r\n", { method: "M-SEARCH" }],
  ["a method in lower case", "9110 §9.1", "get / HTTP/1.1\r\nHost: a\r\n\r\n", { method: "get" }],
  ["a method of odd token characters", "9110 §5.6.2", "!#$%&'*+-.^_`|~ / HTTP/1.1\r\nHost: a\r\n\r\n", { target: "/" }],
  [
    "sub-delims in the path",
    "3986 §3.3",
    "GET /a;b=1,2@c:d!$&'()*+ HTTP/1.1\r\nHost: a\r\n\r\n",
    { path: "/a;b=1,2@c:d!$&'()*+" },
  ],
  ["brackets and braces", "3986 §2.2", "GET /?f[a]={b}|c^` HTTP/1.1\r\nHost: a\r\n\r\n", { target: "/?f[a]={b}|c^`" }],
  [
    "question marks in the query",
    "3986 §3.4",
    "GET /a?b?c/d HTTP/1.1\r\nHost: a\r\n\r\n",
    { path: "/a", target: "/a?b?c/d" },
  ],
  ["escapes", "3986 §2.1", "GET /%2e%2E/%00?%ff HTTP/1.1\r\nHost: a\r\n\r\n", { path: "/%2e%2E/%00" }],
  [
    "empty segments and dots",
    "3986 §3.3",
    "GET //a/../b HTTP/1.1\r\nHost: a\r\n\r\n",
    { path: "//a/../b", authority: "a" },
  ],
  ["an absolute target", "9112 §3.2.2", "GET http://A/b?c HTTP/1.1\r\nHost: a\r\n\r\n", { path: "/b", authority: "A" }],
  ["an absolute target without path", "9112 §3.2.2", "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n", { path: "/" }],
  ["an absolute target with only a query", "9112 §3.2.1", "GET http://a?b HTTP/1.1\r\nHost: a\r\n\r\n", { path: "/" }],
  [
    "the default port only in the target",
    "9110 §4.2.3",
    "GET HTTP://a:80/ HTTP/1.1\r\nHost: a\r\n\r\n",
    { authority: "a:80" },
  ],
  ["the asterisk", "9112 §3.2.4", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", { path: "*", authority: "a" }],
  ["the asterisk through a proxy", "9112 §3.2.4", "OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\n", { path: "*" }],
  [
    "CONNECT as in the RFC's example",
    "9112 §3.2.3",
    "CONNECT a.b:80 HTTP/1.1\r\nHost: a.b\r\n\r\n",
    { path: "", authority: "a.b:80" },
  ],
  [
    "CONNECT to an IPv6 address",
    "9112 §3.2.3",
    "CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n",
    { authority: "[::1]:443" },
  ],
  [
    "an IPv6 Host",
    "3986 §3.2.2",
    "GET / HTTP/1.1\r\nHost: [2001:db8::1:2]:8080\r\n\r\n",
    { authority: "[2001:db8::1:2]:8080" },
  ],
  [
    "a Host with embedded IPv4",
    "4291 §2.2",
    "GET / HTTP/1.1\r\nHost: [::ffff:10.0.0.1]\r\n\r\n",
    { authority: "[::ffff:10.0.0.1]" },
  ],
  [
    "an underscore in Host",
    "3986 §3.2.2",
    "GET / HTTP/1.1\r\nHost: my_service:8080\r\n\r\n",
    { authority: "my_service:8080" },
  ],
  ["HTTP/1.0 without Host", "9112 §3.2", "GET / HTTP/1.0\r\n\r\n", { minor: 0, authority: "", keepAlive: false }],
  [
    "HTTP/1.0 that wants to stay",
    "9112 §C.2.2",
    "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
    { keepAlive: true },
  ],
  ["HTTP/1.1 that wants to go", "9112 §9.6", `${GET}Connection: CLOSE\r\n\r\n`, { keepAlive: false, fields: [] }],
  [
    "close beats keep-alive",
    "9112 §9.3",
    `${GET}Connection: keep-alive\r\nConnection: close\r\n\r\n`,
    { keepAlive: false },
  ],
  ["empty elements in Connection", "9110 §5.6.1", `${GET}Connection: , close ,,\r\n\r\n`, { keepAlive: false }],
  [
    "fields that Connection names",
    "9110 §7.6.1",
    `${GET}A: 1\r\nB: 2\r\nConnection: a\r\n\r\n`,
    { fields: ["B", "2"] },
  ],
  [
    "the fields of the connection",
    "9110 §7.6.1",
    `${GET}Keep-Alive: 5\r\nTE: gzip\r\nProxy-Connection: close\r\nC: 1\r\n\r\n`,
    { fields: ["C", "1"], keepAlive: true, acceptsTrailers: false },
  ],
  ["TE: trailers among others", "9110 §10.1.4", `${GET}TE: gzip;q=0.5, Trailers\r\n\r\n`, { acceptsTrailers: true }],
  ["an Upgrade", "9110 §7.8", `${GET}${UPGRADE}\r\n`, { upgrade: "websocket", fields: [] }],
  ["an Upgrade that Connection does not name", "9110 §7.8", `${GET}Upgrade: websocket\r\n\r\n`, { upgrade: undefined }],
  ["an Upgrade in HTTP/1.0", "9110 §7.8", `GET / HTTP/1.0\r\n${UPGRADE}\r\n`, { upgrade: undefined }],
  [
    "100-continue in any case",
    "9110 §10.1.1",
    `${POST}Content-Length: 0\r\nExpect: 100-Continue\r\n\r\n`,
    { expectContinue: true },
  ],
  [
    "100-continue in HTTP/1.0",
    "9110 §10.1.1",
    "POST / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n",
    { expectContinue: false },
  ],
  ["no white space around a value", "9112 §5", `${GET}A:b\r\n\r\n`, { fields: ["A", "b"] }],
  ["much white space around a value", "9112 §5", `${GET}A: \t b c\t \r\n\r\n`, { fields: ["A", "b c"] }],
  ["an empty value", "9110 §5.5", `${GET}A:\r\nB: \r\n\r\n`, { fields: ["A", "", "B", ""] }],
  ["obs-text in a value", "9110 §5.5", `${GET}A: caf\xe9\r\n\r\n`, { fields: ["A", "caf\xe9"] }],
  ["colons in a value", "9112 §5", `${GET}A: b: c\r\n\r\n`, { fields: ["A", "b: c"] }],
  [
    "the same field twice, in order",
    "9110 §5.3",
    `${GET}A: 1\r\nB: 2\r\na: 3\r\n\r\n`,
    { fields: ["A", "1", "B", "2", "a", "3"] },
  ],
  [
    "names in any case",
    "9110 §5.1",
    "GET / HTTP/1.1\r\nhOsT: a\r\ncOnTeNt-LeNgTh: 0\r\n\r\n",
    { authority: "a", framing: { kind: "length", bytes: 0 } },
  ],
  [
    "a traceparent",
    "Trace Context §3.2",
    `${GET}Traceparent: x\r\ntracestate: a=1\r\ntracestate: b=2\r\n\r\n`,
    { traceparent: "x", tracestate: "a=1, b=2", fields: [] },
  ],
  [
    "X-Forwarded-For",
    "7239 §4",
    `${GET}x-forwarded-FOR: a\r\n\r\n`,
    { hasForwarded: true, fields: ["x-forwarded-FOR", "a"] },
  ],
  ["X-Forwarded-Host", "7239 §4", `${GET}X-Forwarded-Host: a\r\n\r\n`, { hasForwarded: true }],
  ["X-Forwarded-Proto", "7239 §4", `${GET}X-Forwarded-Proto: a\r\n\r\n`, { hasForwarded: true }],
  ["X-Forwarded-Server", "7239 §4", `${GET}X-Forwarded-Server: a\r\n\r\n`, { hasForwarded: true }],
  ["Forwarded", "7239 §4", `${GET}Forwarded: for=a\r\n\r\n`, { hasForwarded: true }],
  ["X-Real-IP", "7239 §4", `${GET}X-Real-IP: a\r\n\r\n`, { hasForwarded: true }],
  ["a prober by its name", "9110 §10.1.5", `${GET}user-agent: kube-probe/1.31\r\n\r\n`, { isProbe: true }],
  ["one that looks like a browser", "9110 §10.1.5", `${GET}${UPTIME}\r\n`, { isProbe: true }],
  ["a browser", "9110 §10.1.5", `${GET}User-Agent: Mozilla/5.0 (X11; kube-probe/1)\r\n\r\n`, { isProbe: false }],
  ["nothing about forwarding", "7239 §4", `${GET}X-Forwarder-Id: a\r\nForwardee: b\r\n\r\n`, { hasForwarded: false }],
  [
    "two traceparents, which mean nothing",
    "Trace Context §3.2",
    `${GET}traceparent: x\r\ntraceparent: y\r\ntracestate: a=1\r\n\r\n`,
    { traceparent: undefined, tracestate: undefined, fields: [] },
  ],
  [
    "Transfer-Encoding in capitals",
    "9112 §7",
    `${POST}Transfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n`,
    { framing: { kind: "chunked" } },
  ],
  ["a request without length has no body", "9112 §6.3", `${POST}\r\n`, { framing: { kind: "none" } }],
  ["as many fields as allowed", "6585 §5", `${GET}${"A: b\r\n".repeat(LIMITS.fieldCount - 1)}\r\n`, { method: "GET" }],
];

describe("a request's head with", () => {
  test.each(REQUEST_HEADS)("%s (RFC %s)", (_what, _section, message, meaning) => {
    const bytes = Buffer.from(message, "latin1");

    for (const cuts of [[], everyCut(bytes)]) {
      const verdict = readRequest(bytes, cuts);
      expect(verdict).toMatchObject({ kind: "read", rest: "" });
      if (verdict.kind === "read") expect(pick(verdict.head, meaning)).toEqual(meaning);
    }
  });
});

const RESPONSE_HEADS: readonly (readonly [...Row, method?: string])[] = [
  ["an empty reason", "9112 §4", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", { status: 200, reason: "" }],
  [
    "no space behind the code, which misleads nobody",
    "9112 §4",
    "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
    { status: 200, reason: "" },
  ],
  [
    "a long reason",
    "9112 §4",
    "HTTP/1.1 404 Not Found, sorry\t\xe9\r\nContent-Length: 0\r\n\r\n",
    { reason: "Not Found, sorry\t\xe9" },
  ],
  ["an unknown code", "9110 §15", "HTTP/1.1 599 Odd\r\nContent-Length: 0\r\n\r\n", { status: 599 }],
  [
    "a length, answering HEAD",
    "9112 §6.3",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
    { framing: { kind: "none" }, announcedBytes: 5, keepAlive: true },
    "HEAD",
  ],
  [
    "a coding, answering HEAD",
    "9112 §6.3",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    { framing: { kind: "none" }, announcedBytes: undefined },
    "HEAD",
  ],
  [
    "a length with 304",
    "9110 §8.6",
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
    { framing: { kind: "none" }, announcedBytes: 5 },
  ],
  [
    "no length with 204",
    "9112 §6.3",
    "HTTP/1.1 204 No Content\r\n\r\n",
    { framing: { kind: "none" }, keepAlive: true },
  ],
  [
    "a length of zero with 204, in wide use",
    "9110 §8.6",
    "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
    { framing: { kind: "none" }, announcedBytes: undefined },
  ],
  [
    "an interim answer",
    "9110 §15.2",
    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
    { status: 103, framing: { kind: "none" }, keepAlive: true },
  ],
  [
    "a tunnel",
    "9110 §9.3.6",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
    { framing: { kind: "none" }, announcedBytes: undefined },
    "CONNECT",
  ],
  [
    "a refused tunnel",
    "9112 §6.3",
    "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n",
    { framing: { kind: "length", bytes: 0 } },
    "CONNECT",
  ],
  [
    "no length: until the end",
    "9112 §6.3",
    "HTTP/1.1 200 OK\r\n\r\n",
    { framing: { kind: "close" }, keepAlive: false },
  ],
  [
    "HTTP/1.0 that stays",
    "9112 §C.2.2",
    "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
    { minor: 0, keepAlive: true },
  ],
  ["HTTP/1.0 that goes", "9112 §9.3", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", { keepAlive: false }],
  [
    "switching protocols",
    "9110 §7.8",
    `HTTP/1.1 101 Switching Protocols\r\n${UPGRADE}\r\n`,
    { status: 101, upgrade: "websocket" },
  ],
  [
    "a Host in an answer, which means nothing",
    "9110 §7.2",
    "HTTP/1.1 200 OK\r\nHost: b\r\nHost: c\r\nContent-Length: 0\r\n\r\n",
    { fields: [] },
  ],
  [
    "a traceparent, passed on",
    "9110 §5.1",
    "HTTP/1.1 200 OK\r\ntraceparent: x\r\nContent-Length: 0\r\n\r\n",
    { fields: ["traceparent", "x"] },
  ],
];

describe("an answer's head with", () => {
  test.each([...RESPONSE_HEADS])("%s (RFC %s)", (...[_what, _section, message, meaning, method]) => {
    const bytes = Buffer.from(message, "latin1");

    for (const cuts of [[], everyCut(bytes)]) {
      const verdict = readResponse(bytes, cuts, method);
      expect(verdict).toMatchObject({ kind: "read", rest: "" });
      if (verdict.kind === "read") expect(pick(verdict.head, meaning)).toEqual(meaning);
    }
  });
});

describe("a body", () => {
  test.each([
    [
      "of a length, with the next request behind it",
      `${POST}Content-Length: 5\r\n\r\nhelloGET /`,
      "hello",
      "",
      "GET /",
    ],
    ["in chunks", `${CHUNKED}5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nGET /`, "hello world", "", "GET /"],
    ["with capital digits and leading zeros", `${CHUNKED}000A\r\n0123456789\r\n00\r\n\r\n`, "0123456789", "", ""],
    ["with extensions, which are dropped", `${CHUNKED}1;a;b=c ; d = "e\\";f"\r\nx\r\n0;end\r\n\r\n`, "x", "", ""],
    ["with CRLF as data", `${CHUNKED}4\r\n\r\n\r\n\r\n0\r\n\r\n`, "\r\n\r\n", "", ""],
    ["with trailers", `${CHUNKED}0\r\nX-Sum:  1 \r\nY: 2\r\n\r\nrest`, "", "X-Sum: 1\r\nY: 2\r\n", "rest"],
    [
      "with trailers too late to matter, dropped",
      `${CHUNKED}0\r\nExpect: x\r\nX: 1\r\nConnection: close\r\nSet-Cookie: a\r\n\r\n`,
      "",
      "X: 1\r\n",
      "",
    ],
  ])("%s", (_, message, body, trailers, rest) => {
    const bytes = Buffer.from(message, "latin1");

    expect(readRequest(bytes)).toMatchObject({ kind: "read", body, trailers, rest });
    expect(readRequest(bytes, everyCut(bytes))).toMatchObject({ kind: "read", body, trailers, rest });
  });

  test("without length ends with the connection", () => {
    const bytes = Buffer.from("HTTP/1.1 200 OK\r\n\r\nhello");

    expect(readResponse(bytes, everyCut(bytes))).toMatchObject({ kind: "read", body: "hello" });
  });
});

function pick(from: object, like: object): Record<string, unknown> {
  return Object.fromEntries(Object.keys(like).map((key) => [key, Reflect.get(from, key)]));
}
