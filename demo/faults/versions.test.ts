// Versions are differences from the services as they are: each must fit them, and be code.
import { expect, test } from "bun:test";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apply } from "./means/deploy.ts";
import { editsOf, version } from "./versions.ts";

const DEMO = join(import.meta.dir, "..");
const DRAWN = { product: "oak-board", buyers: 1, seconds: 1, country: "FR", times: 1, pages: 1 };
const diffs = readdirSync(join(import.meta.dir, "versions")).map((name) => name.replace(/\.diff$/, ""));

test.each(diffs)("%s fits the services, and what comes of it is code", (diff) => {
  const folder = mkdtempSync(join(tmpdir(), "versions-"));
  try {
    cpSync(join(DEMO, "services"), join(folder, "services"), { recursive: true });
    const { edits = [] } = version("any", "1", diff, "", DRAWN);

    for (const edit of edits) apply(folder, edit);

    expect(edits).not.toBeEmpty();
    for (const { file } of edits) expect(mistakes(join(folder, "services", file))).toBe("");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a place in a diff is what stands there and what shall", () => {
  expect(editsOf("--- a.ts\n@@ why\n one\n-two\n+2\n@@\n-three\n+3\n--- b.ts\n@@\n-x\n+y\n+z\n")).toEqual([
    { file: "a.ts", from: "one\ntwo", to: "one\n2" },
    { file: "a.ts", from: "three", to: "3" },
    { file: "b.ts", from: "x", to: "y\nz" },
  ]);
});

/** what the language says of the file; empty when it is right */
function mistakes(file: string): string {
  const check = file.endsWith(".py")
    ? ["python3", "-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())", file]
    : [process.execPath, "build", "--no-bundle", file, "--outfile", "/dev/null"];
  return Bun.spawnSync(check).stderr.toString();
}
