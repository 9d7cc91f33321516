// Completes package-lock.json after a dependency changed, run by hand: `node scripts/complete-lock.mjs`.
// A registry mirror that lacks some platforms' binaries (darwin, win32, musl …) makes npm leave these optional packages
// out of the lock, and `npm ci` then calls the lock out of date. Their entries are written here from their names; npm
// skips what does not fit the machine, and elsewhere fetches what does.
import { readFileSync, writeFileSync } from "node:fs";

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
const os = /(darwin|linux|win32|windows|android|freebsd|openharmony)/;
const cpu = /(arm64|aarch64|x64|ia32|arm|ppc64|s390x|riscv64|wasm32)/;

for (const entry of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`;
    if (lock.packages[path]) continue;
    const tail = name.slice(name.indexOf("/") + 1);
    lock.packages[path] = {
      version,
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
      os: [tail.match(os)?.[1].replace("windows", "win32") ?? "none"],
      cpu: [tail.match(cpu)?.[1].replace("aarch64", "arm64") ?? "none"],
      ...(tail.includes("musl") ? { libc: ["musl"] } : tail.includes("gnu") ? { libc: ["glibc"] } : {}),
    };
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
