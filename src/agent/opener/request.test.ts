import { expect, test } from "bun:test";
import { isWellFormed } from "./request.ts";

const dial = { type: "dial", id: 1, key: 2, via: "own", port: 80 };
const egress = { type: "egress", id: 1, source: 2, address: "192.0.2.1", port: 443 };
const resolve = { type: "resolve", id: 1, name: "example.com", family: 4 };

test.each([[dial], [egress], [resolve]])("%j is asked properly", (request) => {
  expect(isWellFormed(request)).toBe(true);
});

test.each([
  [null],
  ["dial"],
  [{}],
  [{ ...dial, type: "open" }],
  [{ ...dial, id: "1" }],
  [{ ...dial, id: -1 }],
  [{ ...dial, key: 1.5 }],
  [{ ...dial, key: "../../x" }],
  [{ ...dial, via: "/run/netns/other" }],
  [{ ...dial, port: 0 }],
  [{ ...dial, port: 65_536 }],
  [{ ...egress, source: Number.NaN }],
  [{ ...egress, address: 2130706433 }],
  [{ ...egress, port: "443" }],
  [{ ...resolve, name: "a\nb" }],
  [{ ...resolve, name: "" }],
  [{ ...resolve, name: "a".repeat(64) }],
  [{ ...resolve, name: `${"a.".repeat(127)}aa` }],
  [{ ...resolve, family: 5 }],
])("%j is not, and ends the link", (request) => {
  expect(isWellFormed(request)).toBe(false);
});
