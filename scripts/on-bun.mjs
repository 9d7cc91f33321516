// `node scripts/on-bun.mjs <program> …`: sets the machine up, then runs a program of ours on Bun with the other arguments.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BUN, fullPath, setupOrExit } from "./setup.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const [program, ...rest] = process.argv.slice(2);

setupOrExit();
const child = spawn(BUN, [join(ROOT, program), ...rest], {
  stdio: "inherit",
  env: { ...process.env, PATH: fullPath() },
});
// A terminal's Ctrl-C reaches the child by itself; a signal sent to this process alone does not. The child cleans up, so
// it is waited for in either case.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
