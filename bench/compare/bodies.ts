// Large bodies, from the service (down) and to it (up): throughput beside HAProxy's, and the memory of the proxy while they
// pass, which must not depend on their size.
import { pidsOf } from "../contenders/contender.ts";
import { haproxy } from "../contenders/haproxy.ts";
import { meshwise } from "../contenders/meshwise.ts";
import { atLeast, atMost, type Figure, information, type Section, type SuiteOptions } from "../suite.ts";
import { type Runner, startField } from "../support/field.ts";
import { answers } from "../support/loopback.ts";
import { median } from "../support/median.ts";
import { forgetPeak, peakOf } from "../support/memory.ts";
import { compile } from "../support/tools.ts";
import { GIB, type Job, MIB, sizeName, transfer } from "../support/transfer.ts";
import { inTurns } from "../support/turns.ts";

const JOBS: readonly Job[] = (["down", "up"] as const).flatMap((direction) => [
  { direction, bytes: MIB, count: 512 },
  { direction, bytes: 32 * MIB, count: 24 },
  { direction, bytes: GIB, count: 1 },
]);
const BIGGEST = JOBS.filter(({ bytes }) => bytes === GIB);
const SMALLER = JOBS.filter(({ bytes }) => bytes === 32 * MIB);

/** a 32nd of what passes: more than a collector's mood, far less than what somebody keeps who keeps it */
const CONSTANT_BYTES = 32 * MIB;

export const bodies: Section = {
  name: "bodies",
  about: "throughput of bodies of 1 MiB to 1 GiB, both ways, and the proxy's memory meanwhile",
  run: compareBodies,
};

async function compareBodies({ isQuick, say }: SuiteOptions): Promise<readonly Figure[]> {
  const contenders = [meshwise("plain"), haproxy];
  const field = await startField(contenders, "bulk", say);
  const program = compile("transfer", field.folder);
  const [ours, theirs] = field.runners as [Runner, Runner];
  for (const { port } of field.runners) await answers(`http://127.0.0.1:${port}/0`);

  const seen = new Map<Job, Map<Runner, number[]>>(
    JOBS.map((job) => [job, new Map(field.runners.map((runner) => [runner, []]))]),
  );
  const all = async (runner: Runner) => {
    const paces = [];
    for (const job of JOBS) {
      const { bytesPerS } = await transfer(program, runner, job);
      seen.get(job)!.get(runner)!.push(bytesPerS);
      paces.push((bytesPerS / GIB).toFixed(2));
    }
    return `${paces.join(" ")} GiB/s`;
  };
  say("warming up");
  for (const runner of field.runners) for (const job of JOBS) await transfer(program, runner, job);
  await inTurns(field.runners, { rounds: isQuick ? 3 : 7, say }, all);

  const peak = async (runner: Runner, jobs: readonly Job[]) => {
    const [pid] = pidsOf(runner) as [number];
    forgetPeak(pid);
    for (const job of jobs) await transfer(program, runner, job);
    return peakOf(pid);
  };
  const smaller = await peak(ours, SMALLER);
  const biggest = { ours: await peak(ours, BIGGEST), theirs: await peak(theirs, BIGGEST) };
  await field.stop();

  const label = haproxy.label();
  const pace = (job: Job, runner: Runner) => median(seen.get(job)!.get(runner)!);
  return [
    ...JOBS.map((job) =>
      atLeast(`bodies ${name(job)}`, pace(job, ours) / pace(job, theirs), "×", { goal: 1, stretch: 1.3, peer: label }),
    ),
    ...JOBS.map((job) => information(`bodies ${name(job)} meshwise`, pace(job, ours) / GIB, "GiB/s")),
    atMost("bodies peak memory, 1 GiB over 32 MiB", (biggest.ours - smaller) / MIB, "MiB", {
      goal: CONSTANT_BYTES / MIB,
    }),
    information("bodies peak memory", biggest.ours / MIB, "MiB"),
    information("bodies peak memory haproxy", biggest.theirs / MIB, "MiB", label),
  ];
}

function name({ direction, bytes }: Job): string {
  return `${sizeName(bytes)} ${direction}`;
}
