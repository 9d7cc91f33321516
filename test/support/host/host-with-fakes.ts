// The host as it is, with children that stand for the real ones.
import { join } from "node:path";
import { runHost } from "../../../src/main/host/life.ts";

await runHost(Bun.argv.slice(2), {
  runner: join(import.meta.dirname, "fake-runner.ts"),
  observatory: join(import.meta.dirname, "fake-observatory.ts"),
});
