// Answers that two readers could take differently, or that break the grammar: a mesh does not trust its servers more than
// its clients. All are refused, at once or byte by byte. [what, RFC section, the bytes, the request's method]
import { describe, expect, test } from "bun:test";
import { everyCut, LIMITS, readResponse } from "./messages.fixture.ts";

type Row = readonly [what: string, section: string, message: string, method?: string];

const ok = (fields: string, body = "") => `HTTP/1.1 200 OK\r\n${fields}\r\n${body}`;
const line = (statusLine: string) => `${statusLine}\r\nContent-Length: 0\r\n\r\n`;
const chunked = (body: string) => ok("Transfer-Encoding: chunked\r\n", body);

const STATUS_LINE: Row[] = [
  ["an empty line before the status line", "9112 §2.2", `\r\n${ok("Content-Length: 0\r\n")}`],
  ["a space before the status line", "9112 §4", ` ${ok("Content-Length: 0\r\n")}`],
  ["an answer without status line (HTTP/0.9)", "9112 §4", "<html>hello</html>\r\n\r\n"],
  ["another protocol", "9112 §4", line("ICY 200 OK")],
  ["lower-case http", "9112 §2.3", line("http/1.1 200 OK")],
  ["HTTP/2", "9112 §2.3", line("HTTP/2 200 OK")],
  ["HTTP/2.0", "9110 §2.5", line("HTTP/2.0 200 OK")],
  ["HTTP/1.2", "9110 §2.5", line("HTTP/1.2 200 OK")],
  ["a version of two digits", "9112 §2.3", line("HTTP/1.10 200 OK")],
  ["no status code", "9112 §4", line("HTTP/1.1")],
  ["an empty status code", "9112 §4", line("HTTP/1.1  OK")],
  ["two spaces before the status code", "9112 §4", line("HTTP/1.1  200 OK")],
  ["a tab before the status code", "9112 §4", line("HTTP/1.1\t200 OK")],
  ["a status code of two digits", "9112 §4", line("HTTP/1.1 20 OK")],
  ["a status code of four digits", "9112 §4", line("HTTP/1.1 2000 OK")],
  ["a status code with letters", "9112 §4", line("HTTP/1.1 2xx OK")],
  ["a signed status code", "9112 §4", line("HTTP/1.1 +20 OK")],
  ["a status code with a point", "9112 §4", line("HTTP/1.1 200.1 OK")],
  ["status code 000", "9110 §15", line("HTTP/1.1 000 OK")],
  ["status code 099", "9110 §15", line("HTTP/1.1 099 OK")],
  ["status code 600", "9110 §15", line("HTTP/1.1 600 OK")],
  ["status code 999", "9110 §15", line("HTTP/1.1 999 OK")],
  ["a tab behind the status code", "9112 §4", line("HTTP/1.1 200\tOK")],
  ["a NUL in the reason", "9112 §4", line("HTTP/1.1 200 O\0K")],
  ["a DEL in the reason", "9112 §4", line("HTTP/1.1 200 O\x7fK")],
  ["a bare CR in the reason", "9112 §2.2", line("HTTP/1.1 200 O\rK")],
  ["a bare LF behind the status line", "9112 §2.2", "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n"],
  ["CR CR LF behind the status line", "9112 §2.2", line("HTTP/1.1 200 OK\r")],
];

const FIELDS: Row[] = [
  ["a space before the colon", "9112 §5.1", ok("A : b\r\n")],
  ["a space before Content-Length's colon", "9112 §5.1", ok("Content-Length : 1\r\n", "x")],
  ["obs-fold", "9112 §5.2", ok("A: b\r\n c\r\n")],
  ["a space before the first field", "9112 §2.2", ok(" A: b\r\n")],
  ["a line without colon", "9112 §5", ok("A\r\n")],
  ["an empty name", "9112 §5.1", ok(": b\r\n")],
  ["a NUL in a name", "9110 §5.1", ok("A\0: b\r\n")],
  ["obs-text in a name", "9110 §5.1", ok("\xc4: b\r\n")],
  ["a NUL in a value", "9110 §5.5", ok("A: b\0\r\n")],
  ["an escape sequence in a value", "9110 §5.5", ok("A: \x1b[31m\r\n")],
  ["a bare CR in a value", "9112 §2.2", ok("A: b\rSet-Cookie: c\r\n")],
  ["a bare LF in a value", "9112 §2.2", ok("A: b\nSet-Cookie: c\r\n")],
  ["an empty line of LF", "9112 §2.2", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\n"],
  ["a second status line among the fields", "9112 §5", ok("HTTP/1.1 200 OK\r\n")],
  ["too many fields", "6585 §5", ok("A: b\r\n".repeat(LIMITS.fieldCount + 1))],
  ["too large a head", "6585 §5", ok(`A: ${"b".repeat(LIMITS.headBytes)}\r\n`)],
  ["too long a reason", "6585 §5", line(`HTTP/1.1 200 ${"O".repeat(LIMITS.headBytes)}`)],
  ["Connection naming Content-Length", "9110 §7.6.1", ok("Connection: Content-Length\r\nContent-Length: 0\r\n")],
  ["a Connection that is no list", "9110 §7.6.1", ok("Connection: close; now\r\nContent-Length: 0\r\n")],
];

const FRAMING: Row[] = [
  ["Content-Length and Transfer-Encoding", "9112 §6.1", ok("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")],
  ["the same in the other order", "9112 §6.1", ok("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n")],
  ["the same to a HEAD", "9112 §6.1", ok("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), "HEAD"],
  ["Transfer-Encoding in HTTP/1.0", "9112 §6.1", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["Transfer-Encoding twice", "9112 §6.1", ok("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")],
  ["chunked applied twice", "9112 §7.1", ok("Transfer-Encoding: chunked, chunked\r\n")],
  ["gzip alone", "9112 §6.1", ok("Transfer-Encoding: gzip\r\n")],
  ["identity", "9112 §7", ok("Transfer-Encoding: identity\r\n")],
  ["an empty Transfer-Encoding", "9112 §6.1", ok("Transfer-Encoding:\r\n")],
  ["Transfer-Encoding with 204", "9112 §6.1", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n"],
  ["Transfer-Encoding with 100", "9112 §6.1", "HTTP/1.1 100 Continue\r\nTransfer-Encoding: chunked\r\n\r\n"],
  ["a length with 204", "9110 §8.6", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello"],
  ["a length with 101", "9110 §8.6", "HTTP/1.1 101 Switching Protocols\r\nContent-Length: 5\r\n\r\nhello"],
  ["a length with 103", "9110 §8.6", "HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\nhello"],
  ["Content-Length twice, different", "9112 §6.3", ok("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd")],
  ["Content-Length twice, the same", "9112 §6.3", ok("Content-Length: 3\r\nContent-Length: 3\r\n", "abc")],
  ["a list in Content-Length", "9112 §6.3", ok("Content-Length: 3, 3\r\n", "abc")],
  ["an empty Content-Length", "9110 §8.6", ok("Content-Length: \r\n")],
  ["a negative Content-Length", "9110 §8.6", ok("Content-Length: -3\r\n")],
  ["a Content-Length with a sign", "9110 §8.6", ok("Content-Length: +3\r\n", "abc")],
  ["a hexadecimal Content-Length", "9110 §8.6", ok("Content-Length: 0x3\r\n", "abc")],
  ["a Content-Length beyond 2^64", "9110 §8.6", ok("Content-Length: 18446744073709551617\r\n", "a")],
  ["a bad Content-Length to a HEAD", "9110 §8.6", ok("Content-Length: abc\r\n"), "HEAD"],
  ["a bad Content-Length with 304", "9110 §8.6", "HTTP/1.1 304 Not Modified\r\nContent-Length: 1, 2\r\n\r\n"],
  ["a body that ends too early", "9112 §8", ok("Content-Length: 5\r\n", "abc")],
];

const CHUNKS: Row[] = [
  ["no chunk size", "9112 §7.1", chunked(";a\r\nabc\r\n0\r\n\r\n")],
  ["a chunk size with 0x", "9112 §7.1", chunked("0x3\r\nabc\r\n0\r\n\r\n")],
  ["a space behind the chunk size", "9112 §7.1", chunked("3 \r\nabc\r\n0\r\n\r\n")],
  ["a bare LF behind the chunk size", "9112 §2.2", chunked("3\nabc\r\n0\r\n\r\n")],
  ["a bare LF behind the data", "9112 §7.1", chunked("3\r\nabc\n0\r\n\r\n")],
  ["more data than the chunk size", "9112 §7.1", chunked("3\r\nabcdef\r\n0\r\n\r\n")],
  ["a chunk size beyond 2^64", "9112 §7.1", chunked("fffffffffffffffff\r\nabc\r\n0\r\n\r\n")],
  ["a bare CR in the trailers", "9112 §2.2", chunked("0\r\nA: b\rc\r\n\r\n")],
  ["Content-Length in the trailers", "9110 §6.5.1", chunked("0\r\nContent-Length: 5\r\n\r\n")],
  ["a body that ends before its last chunk", "9112 §8", chunked("3\r\nabc\r\n")],
  ["trailers that end too early", "9112 §8", chunked("0\r\nA: b\r\n")],
];

describe.each([
  ["status line", STATUS_LINE],
  ["fields", FIELDS],
  ["framing", FRAMING],
  ["chunks", CHUNKS],
] as const)("refused for its %s:", (_, rows) => {
  test.each([...rows])("%s (RFC %s)", (...[_what, _section, message, method]) => {
    const bytes = Buffer.from(message, "latin1");

    expect(readResponse(bytes, [], method)).toMatchObject({ kind: "refused" });
    expect(readResponse(bytes, everyCut(bytes), method)).toMatchObject({ kind: "refused" });
  });
});

test("an answer that cannot become HTTP/1 is refused at its first byte", () => {
  expect(readResponse(Buffer.from("\x15"))).toMatchObject({ kind: "refused" });
});
