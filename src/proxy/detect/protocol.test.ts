// What the first bytes of a connection say.
import { expect, test } from "bun:test";
import { type Guess, guessProtocol } from "./protocol.ts";

const LIMIT = 100;

test.each<[string, Guess]>([
  ["GET / HTTP/1.1\r\n", "http"],
  ["GET / HTTP/1.0\nHost", "http"],
  ["\r\nGET / HTTP/1.1\r\n", "http"],
  ["M-SEARCH * HTTP/1.1\r\n", "http"],
  ["CONNECT a:443 HTTP/1.1\r\n", "http"],
  ["GET http://a/ HTTP/1.1\r\n", "http"],
  ["GET /", "likely"],
  ["POST /path HTTP/1.", "likely"],
  ["OPTIONS *", "likely"],
  ["", "unsure"],
  ["G", "unsure"],
  ["GET", "unsure"],
  ["GET ", "unsure"],
  ["get foo", "unsure"],
  ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "tcp"],
  ["PING\r\n", "tcp"],
  ["SET a b\r\n", "tcp"],
  ["GET / HTTP/1.1 \r\n", "tcp"],
  ["GET  / HTTP/1.1\r\n", "tcp"],
  ["GET /\r\n", "tcp"],
  ["*1\r\n", "tcp"],
  ["EHLO mail.example\r\n", "tcp"],
  ["\x16\x03\x01\x00", "tcp"],
  ["\0\0\0\x08", "tcp"],
  ["SSH-2.0-x\r\n", "tcp"],
  [`GET /${"a".repeat(LIMIT)}`, "tcp"],
  ["a".repeat(40), "tcp"],
])("%j is %s", (text, guess) => {
  expect(guessProtocol(Buffer.from(text, "latin1"), LIMIT)).toBe(guess);
});
