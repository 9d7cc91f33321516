import { expect, test } from "bun:test";
import { type Response, reader } from "./response.ts";

/** the response after the last byte, and whether it was there only then */
function readBytewise(text: string, method = "GET"): Response | undefined {
  const read = reader(method);
  for (const byte of Buffer.from(text).subarray(0, -1)) expect(read.push(Uint8Array.of(byte))).toBeUndefined();
  return read.push(Buffer.from(text).subarray(-1));
}

const body = (response: Response | undefined) => response && Buffer.from(response.body).toString();

test.each([
  ["by length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"],
  ["chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n", "hello"],
  [
    "chunked, with trailers",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nDigest: x\r\n\r\n",
    "a",
  ],
  ["not modified", 'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nContent-Length: 99\r\n\r\n', ""],
  ["after an interim one", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", ""],
])("a response is whole with its last byte: %s", (_, text, expected) => {
  const response = readBytewise(text);

  expect(body(response)).toBe(expected);
  expect(response?.isReusable).toBe(true);
});

test("the answer to HEAD has no body, whatever its length says", () => {
  expect(body(readBytewise("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD"))).toBe("");
});

test("without a length the body ends with the connection, which cannot be used again", () => {
  const read = reader("GET");

  expect(read.push(Buffer.from("HTTP/1.1 200 OK\r\n\r\nhel"))).toBeUndefined();
  expect(read.push(Buffer.from("lo"))).toBeUndefined();

  expect(body(read.end())).toBe("hello");
  expect(read.end()?.isReusable).toBe(false);
});

test("a body that is cut off is no response", () => {
  const read = reader("GET");
  read.push(Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"));

  expect(read.end()).toBeUndefined();
});

test("a connection that the shop wants to close is not used again", () => {
  expect(readBytewise("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\na")?.isReusable).toBe(false);
  expect(readBytewise("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na")?.isReusable).toBe(false);
});

test("each cookie that is set stays apart, other headers of the same name are joined", () => {
  const response = readBytewise(
    "HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Expires=Thu, 01 Jan 2037 00:00:00 GMT\r\nSet-Cookie: b=2\r\nVary: A\r\nvary: B\r\nContent-Length: 1\r\n\r\n.",
  );

  expect(response?.cookies).toEqual(["a=1; Expires=Thu, 01 Jan 2037 00:00:00 GMT", "b=2"]);
  expect(response?.headers.vary).toBe("A, B");
});

test.each([
  ["no HTTP", "SSH-2.0-OpenSSH\r\n\r\n"],
  ["a chunk without a length", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
  ["a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"],
])("what is no HTTP is refused: %s", (_, text) => {
  expect(() => reader("GET").push(Buffer.from(text))).toThrow();
});
