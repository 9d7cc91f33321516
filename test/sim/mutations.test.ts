// The simulation finds known mistakes. A few of them here, all by `npm run sim -- --mutations`; and that every one of them
// can still be planted, so that a change of the data plane does not quietly take one away.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { firstFailure, MUTATIONS } from "./mutations.ts";

const QUICK = [
  "the rest of a partial write is a view of a buffer that is used again",
  "a closed connection stays counted",
  "an exchange is recorded twice",
];

test.each(MUTATIONS)("$name: can be planted", ({ file, from }) => {
  const text = readFileSync(new URL(`../../src/${file}`, import.meta.url), "utf8");

  expect(text.split(from)).toHaveLength(2);
});

test.each(MUTATIONS.filter(({ name }) => QUICK.includes(name)))(
  "$name: is found",
  async (mutation) => {
    expect(await firstFailure(mutation)).toBeDefined();
  },
  120_000,
);
