// `npm test`: sets the machine up, runs the unit tests, then the integration tests, and sums up.
// `npm test -- proxy dns` runs the files whose path contains one of the words; from the first flag on, all goes to `bun test`.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BUN, fullPath, setupOrExit } from "./setup.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const FOLDERS = ["src", "web", "demo", "scripts", "bench", "test"];
const INTEGRATION = /^test\/integration\//;
const BROWSER = /^test\/browser\//;

setupOrExit({ tests: true });

const given = process.argv.slice(2);
const firstFlag = given.findIndex((word) => word.startsWith("-"));
const words = firstFlag < 0 ? given : given.slice(0, firstFlag);
const flags = firstFlag < 0 ? [] : given.slice(firstFlag);
const files = FOLDERS.flatMap(testFiles).filter(
  (file) => words.length === 0 || words.some((word) => file.includes(word)),
);
if (files.length === 0) {
  console.error(`no test file has ${words.map((word) => `"${word}"`).join(" or ")} in its path`);
  process.exit(2);
}

const groups = [
  run(
    "unit",
    ["--timeout=20000"],
    files.filter((file) => !INTEGRATION.test(file) && !BROWSER.test(file)),
  ),
  // they share the kernel and its two cores with nobody else: what they measure in time is then theirs
  run(
    "integration",
    ["--timeout=60000"],
    files.filter((file) => INTEGRATION.test(file)),
  ),
  // a browser alone is a load: beside it, what others wait for comes too late
  run(
    "browser",
    ["--timeout=60000"],
    files.filter((file) => BROWSER.test(file)),
  ),
];
const total = { passed: 0, failed: 0, skipped: 0 };
for (const group of groups) for (const key of Object.keys(total)) total[key] += group[key];
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 ? 1 : 0);

function testFiles(folder) {
  try {
    return readdirSync(join(ROOT, folder), { recursive: true })
      .filter((file) => /\.test\.ts$/.test(file) && !file.includes("node_modules"))
      .map((file) => join(folder, file))
      .sort();
  } catch {
    return []; // this folder has no content yet
  }
}

function run(name, options, some) {
  if (some.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  console.log(`${name} tests: ${some.length} files`);
  const folder = mkdtempSync(join(tmpdir(), "meshwise-tests-"));
  const report = join(folder, "report.xml");
  const started = performance.now();
  const { status, signal } = spawnSync(
    BUN,
    [
      "test",
      "--parallel", // a process per core, and each file with a global object of its own
      "--only-failures",
      "--reporter=junit",
      `--reporter-outfile=${report}`,
      ...options,
      ...flags,
      ...some.map((file) => `./${file}`),
    ],
    { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, PATH: fullPath() } },
  );
  const { tests, failures, skipped } = readReport(report);
  rmSync(folder, { recursive: true, force: true });
  // a file that cannot even be loaded is in the exit code but not in the report
  const failed = status === 0 ? failures : Math.max(failures, 1);
  const passed = tests - failures - skipped;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${name} tests: ${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds} s${signal ? ` (${signal})` : ""}\n`,
  );
  return { passed, failed, skipped };
}

function readReport(path) {
  try {
    const head = /<testsuites [^>]*>/.exec(readFileSync(path, "utf8"))?.[0] ?? "";
    const read = (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(head)?.[1] ?? 0);
    return { tests: read("tests"), failures: read("failures"), skipped: read("skipped") };
  } catch {
    return { tests: 0, failures: 0, skipped: 0 };
  }
}
