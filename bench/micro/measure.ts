// The CPU time of one call, for code that takes nanoseconds: median of rounds, after a warm-up that lets the engine compile.
// CPU time, because the machine may have other work between. With `--json` each is a line {name, ns} for bench/compare.

const CALLS = 200_000;
const ROUNDS = 9;

/** `run` returns a number that depends on its work, or the engine would leave the work out. Prints ns per call. */
export function measure(name: string, run: () => number): void {
  let sum = 0;
  for (let i = 0; i < CALLS; i++) sum += run();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    for (let i = 0; i < CALLS; i++) sum += run();
    const { user, system } = process.cpuUsage(start);
    times.push(((user + system) / CALLS) * 1e3);
  }
  times.sort((a, b) => a - b);
  const median = times[ROUNDS >> 1] ?? 0;
  if (sum === 0) throw new Error(`${name} did nothing`);
  if (process.argv.includes("--json")) console.log(JSON.stringify({ name, ns: median }));
  else console.log(`${name.padEnd(48)}${median.toFixed(0).padStart(6)} ns`);
}
