import { expect, test } from "bun:test";
import { inCookies, isHardToGuess } from "./session-cookie.ts";

test.each([
  ["9f8a7b6c5d4e3f2a1b0c", true],
  ["s%3AaB3dE6gH9jK2mN5p.signature", true],
  ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", true],
  ["3f2504e0-4f89-11d3-9a0c-0305e82c3301", true],
  ["short1", false],
  ["dark-theme-of-the-shop", false],
  ["00000000000000000001", false],
  ["aaaaaaaaaaaaaaaaaaaaa1", false],
  ["1234567890123456", false],
  ["%7B%22a%22%3A1%2C%22b%22%3A2%7D", false],
  ['{"analytics":true,"v":12}', false],
])("%s looks drawn: %p", (value, expected) => {
  expect(isHardToGuess(value)).toBe(expected);
});

const A = "aB3dE6gH9jK2mN5pQ8";
const B = "zY9xW8vU7tS6rQ5pO4";

test.each([
  [`theme=dark; sid=${A}`, "sid"],
  [`recent=${B}; connect.sid=${A}`, "connect.sid"],
  [`connect.sid=${A}; recent=${B}`, "connect.sid"],
  [`cart=${A}; basket=${B}`, "basket"],
  [`basket=${B}; cart=${A}`, "basket"],
  [`__Host-session=${A}; XSRF-TOKEN=${B}`, "__Host-session"],
  [`_ga=GA1.1.12345${A}; csrftoken=${B}`, undefined],
  [`a; =${A}; sid="x"`, undefined],
])("of %s the session is %p, in whatever order", (field, name) => {
  expect(inCookies(field, 0, field.length, undefined)?.name).toBe(name as string);
});
