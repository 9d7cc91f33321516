import { expect, test } from "bun:test";
import { isTelling, redact } from "./redact.ts";

test.each([
  ["a bearer token", "Authorization: Bearer abc.def-123456", "Authorization: ***"],
  ["a scheme alone", "sent Bearer abcdefgh12345678 to bank", "sent Bearer *** to bank"],
  ["a JSON value", '{"user":"u1","apiKey":"k-1 23","n":4}', '{"user":"u1","apiKey":"***","n":4}'],
  ["an escaped quote", '{"password":"a\\"b","n":4}', '{"password":"***","n":4}'],
  ["a form value", "user=u1&password=hunter2&n=4", "user=u1&password=***&n=4"],
  ["a name with a prefix", "DB_PASSWORD=hunter2 ready", "DB_PASSWORD=*** ready"],
  ["cookies", "Cookie: sid=1; theme=dark", "Cookie: ***"],
  ["a web token", "got eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl!", "got ***!"],
  ["an access key", "key AKIAIOSFODNN7EXAMPLE used", "key *** used"],
  ["credentials in a URL", "dial postgres://shop:pw@db:5432/shop", "dial postgres://***@db:5432/shop"],
  ["an e-mail address", "mail to ann.b+c@example.co.uk sent", "mail to *** sent"],
  ["a card number", "card 4111 1111 1111 1111 declined", "card *** declined"],
  ["a private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "***"],
])("%s is masked", (_, text, masked) => {
  expect(redact(text)).toBe(masked);
});

test.each([
  "GET /cart/8f3a/items/17 200 in 4.5 ms",
  "at 1700000000000 trace 4bf92f3577b34da6a3ce929d0e0e4736",
  "order 4111111111111112 is no card",
  "the token bucket is empty; no pins left",
  "user@host without a domain",
])("%s stays as it is", (text) => {
  expect(redact(text)).toBe(text);
});

test.each([
  ["http.request.header.authorization", true],
  ["db.password", true],
  ["sessionToken", true],
  ["cookie", true],
  ["http.route", false],
  ["author", false],
])("%s names a secret: %p", (name, is) => {
  expect(isTelling(name)).toBe(is);
});

test.each([
  "a".repeat(1 << 18),
  "1 ".repeat(1 << 17),
  'password="'.repeat(1 << 14),
  "a@".repeat(1 << 17),
  "://".repeat(1 << 16),
])("a hostile text is read in bounded time", (text) => {
  const began = performance.now();

  redact(text);

  expect(performance.now() - began).toBeLessThan(2_000);
});
