import { expect, test } from "bun:test";
import { version } from "./kernel.ts";

test.each(["5.14.0", "5.15.0-91-generic", "6.1.0-18-amd64", "10.0"])("%s is new enough", (text) => {
  expect(version(text).kind).toBe("ok");
});

test.each(["5.13.19", "5.4.0-150-generic", "4.18.0-513.el8.x86_64", "3.10"])(
  "%s is too old, and it says from which on it works",
  (text) => {
    expect(version(text)).toMatchObject({ kind: "failure", fix: expect.stringContaining("5.14") });
  },
);
