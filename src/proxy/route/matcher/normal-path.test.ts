import { expect, test } from "bun:test";
import fc from "fast-check";
import { configuredPrefix, normalPath } from "./normal-path.ts";

test.each([
  ["/", "/"],
  ["/a/b", "/a/b"],
  ["/a/../b", "/b"],
  ["/a/./b", "/a/b"],
  ["/a/b/..", "/a/"],
  ["/a/b/.", "/a/b/"],
  ["/..", "/"],
  ["/../../etc/passwd", "/etc/passwd"],
  ["/a/../../b", "/b"],
  ["/%2e%2e/b", "/b"],
  ["/a/%2E%2e/b", "/b"],
  ["/a/.%2e/b", "/b"],
  ["/%61%62c", "/abc"],
  ["/%7Euser", "/~user"],
  ["/a%2fb", "/a%2Fb"],
  ["/a%20b", "/a%20b"],
  ["//a//b", "//a//b"],
  ["/a//../b", "/a/b"],
  ["/...", "/..."],
  ["/a/.hidden", "/a/.hidden"],
  ["/a;v=1/b", "/a;v=1/b"],
  ["/a;v=1/../b", "/b"],
  // decoded once: what a server that decodes twice makes of it is its own fault
  ["/%252e%252e/b", "/%252e%252e/b"],
  ["*", "*"],
  ["", ""],
])("%s is %s", (path, normal) => {
  expect(normalPath(path)).toBe(normal);
});

test.each([
  "/public/..;/admin",
  "/public/..;x=1/admin",
  "/public/%2e%2e;/admin",
  "/public/..%2fadmin",
  "/public/..%2Fadmin",
  "/public/%2e%2e%2fadmin",
  "/public%2f..%2fadmin",
  "/public%2f../admin%2f..",
  "/public/..%5cadmin",
  "/public%5c..%5cadmin",
  "/a/.;/b",
])("%s means two things", (path) => {
  expect(normalPath(path)).toBeUndefined();
});

test("a normal path is normal, and has no dot segment that any server could see", () => {
  const piece = fc.constantFrom("a", "/", ".", "..", "%2e", "%2F", "%5C", ";", "%41", "%25", "b");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const normal = normalPath(`/${pieces.join("")}`);
      if (normal === undefined) return;
      expect(normalPath(normal)).toBe(normal);
      for (const part of normal.split(/\/|%2F|%5C/)) expect([".", ".."]).not.toContain(part.replace(/;.*/, ""));
    }),
    { numRuns: 2000 },
  );
});

test("a configured prefix is spelled like the paths it is compared with", () => {
  expect(configuredPrefix("/")).toBe("");
  expect(configuredPrefix("/a/")).toBe("/a");
  expect(configuredPrefix("/%7eu/x%2fy")).toBe("/~u/x%2Fy");
});
