// `npm run zero`: sets the machine up, then runs test/zero/main.ts on Bun.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BUN, setupOrExit } from "./setup.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

setupOrExit();
const child = spawn(BUN, [join(ROOT, "test", "zero", "main.ts"), ...process.argv.slice(2)], { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
