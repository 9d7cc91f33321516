// The command line's entry: the real world in, an exit code out. `bin/meshwise` starts it.
import { systemClock } from "../base/clock.ts";
import { runProgram } from "./program.ts";
import { processSignals } from "./signals.ts";
import { terminal } from "./terminal.ts";

const environment = { ...process.env };
// Set by our launcher for this process alone; what we start decides for itself.
delete environment.BUN_RUNTIME_TRANSPILER_CACHE_PATH;

const exitCode = await runProgram(process.argv.slice(2), {
  environment,
  directory: process.cwd(),
  out: terminal(process.stdout, environment),
  err: terminal(process.stderr, environment),
  clock: systemClock,
  signals: processSignals(systemClock),
});
await drained(process.stdout);
await drained(process.stderr);
process.exit(exitCode);

// process.exit() would cut off what a slow reader has not taken yet.
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}
