// Opaque TCP: what nobody looks into. Throughput, CPU time of what passes and of a connection, and connections per second,
// beside HAProxy in its TCP mode.
import { LOAD_CORE, pidsOf } from "../contenders/contender.ts";
import { haproxyTcp } from "../contenders/haproxy.ts";
import { meshwise } from "../contenders/meshwise.ts";
import { atLeast, atMost, type Figure, information, type Section, type SuiteOptions } from "../suite.ts";
import { runPinned } from "../support/children.ts";
import { cpuBetween, readCpu } from "../support/cpu-time.ts";
import { type Runner, startField } from "../support/field.ts";
import { median } from "../support/median.ts";
import { compile } from "../support/tools.ts";
import { type Direction, GIB, transfer } from "../support/transfer.ts";
import { inTurns } from "../support/turns.ts";

const CALLERS = 16;
const QUICK = { rounds: 3, connectS: 1 };
const FULL = { rounds: 7, connectS: 2 };

export const tcp: Section = {
  name: "tcp",
  about: "opaque TCP: throughput, CPU per GiB and per connection, connections per second",
  run: compareTcp,
};

type Seen = { readonly [Name in `${Direction}PerS` | `${Direction}CpuS` | "connectsPerS" | "connectUs"]: number[] };

async function compareTcp({ isQuick, say }: SuiteOptions): Promise<readonly Figure[]> {
  const { rounds, connectS } = isQuick ? QUICK : FULL;
  const field = await startField([meshwise("tcp"), haproxyTcp], "bulk", say);
  const [ours, theirs] = field.runners as [Runner, Runner];
  const programs = { transfer: compile("transfer", field.folder), connects: compile("connects", field.folder) };
  const seen = new Map<Runner, Seen>(
    field.runners.map((runner) => [
      runner,
      { downPerS: [], upPerS: [], downCpuS: [], upCpuS: [], connectsPerS: [], connectUs: [] },
    ]),
  );
  // the first connections are what an engine compiles by
  for (const runner of field.runners) await connects(programs.connects, runner, 1);

  await inTurns(field.runners, { rounds, say }, async (runner) => {
    const own = seen.get(runner)!;
    for (const direction of ["down", "up"] as const) {
      const pace = await transfer(programs.transfer, runner, { direction, bytes: GIB, count: 1 });
      own[`${direction}PerS`].push(pace.bytesPerS);
      own[`${direction}CpuS`].push(pace.cpuSPerGib);
    }
    const made = await connects(programs.connects, runner, connectS);
    own.connectsPerS.push(made.perS);
    own.connectUs.push(made.cpuUs);
    return `${made.perS.toFixed(0)} connections/s, ${made.cpuUs.toFixed(0)} µs each`;
  });
  await field.stop();

  const label = haproxyTcp.label();
  const ratio = (name: keyof Seen) => median(seen.get(ours)![name]) / median(seen.get(theirs)![name]);
  const own = (name: keyof Seen) => median(seen.get(ours)![name]);
  const than = { goal: 1, stretch: 1.3, peer: label };
  return [
    atLeast("tcp throughput down", ratio("downPerS"), "×", than),
    atLeast("tcp throughput up", ratio("upPerS"), "×", than),
    atMost("tcp cpu/GiB down", ratio("downCpuS"), "×", { goal: 1, peer: label }),
    atMost("tcp cpu/GiB up", ratio("upCpuS"), "×", { goal: 1, peer: label }),
    information("tcp connections/s", ratio("connectsPerS"), "×", label),
    information("tcp cpu/connection", ratio("connectUs"), "×", label),
    information("tcp throughput down meshwise", own("downPerS") / GIB, "GiB/s"),
    information("tcp throughput up meshwise", own("upPerS") / GIB, "GiB/s"),
    information("tcp cpu/connection meshwise", own("connectUs"), "µs"),
  ];
}

async function connects(program: string, runner: Runner, seconds: number): Promise<{ perS: number; cpuUs: number }> {
  const pids = pidsOf(runner);
  const before = readCpu(...pids);
  const output = await runPinned(LOAD_CORE, [program, String(runner.port), String(seconds), String(CALLERS)]);
  const cpuNs = cpuBetween(before, readCpu(...pids));
  const { connections, ns } = JSON.parse(output) as { readonly connections: number; readonly ns: number };
  return { perS: connections / (ns / 1e9), cpuUs: cpuNs / 1000 / connections };
}
