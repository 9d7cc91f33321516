import { expect, test } from "bun:test";
import { looksSecret } from "./drawn.ts";

test.each([
  "0b6f4a1c9e7d52f83a60d4e1b7c95f28",
  "4f8c2d1e9a7b3065",
  "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
  "q8Zt3LmN0pRs7VxY2bDfHj",
  "dGhpcyBpcyBh-IHNlc3Npb24_MTIzNDU2Nzg5",
  "s:8Hf3kQz0LmXv9TyB.c2lnbmVk",
])("%s may let somebody in", (text) => {
  expect(looksSecret(text)).toBe(true);
});

test.each([
  "product",
  "17",
  "8f3a9c1e",
  "women-s-summer-dress-2024-blue",
  "iphone-15-pro-max-256gb",
  "recommendations-for-you",
  "1700000000000",
  "getUserByEmailAddress",
])("%s does not", (text) => {
  expect(looksSecret(text)).toBe(false);
});
