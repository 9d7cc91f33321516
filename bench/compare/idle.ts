// Ten thousand connections that have been used once and rest: what they add to the memory of the proxy. Fresh processes in
// each round, because memory that was used once is seldom given back.
import { LOAD_CORE, pidsOf } from "../contenders/contender.ts";
import { haproxy } from "../contenders/haproxy.ts";
import { meshwise } from "../contenders/meshwise.ts";
import { atMost, type Figure, information, type Section, type SuiteOptions } from "../suite.ts";
import { startPinned } from "../support/children.ts";
import { type Runner, startField } from "../support/field.ts";
import { loadOn, PATH } from "../support/http-load.ts";
import { answers } from "../support/loopback.ts";
import { median } from "../support/median.ts";
import { pssOf } from "../support/memory.ts";
import { compile } from "../support/tools.ts";
import { MIB } from "../support/transfer.ts";

const CONNECTIONS = 10_000;
const WARM_S = 2;
/** memory is read when it has not moved by more than a MiB for so long: a collector comes late */
const STILL_MS = 2_000;
const LOOK_MS = 250;
const SETTLE_WITHIN_MS = 20_000;

export const idle: Section = {
  name: "idle",
  about: "10,000 idle connections: growth of the proxy's memory",
  run: compareIdle,
};

async function compareIdle({ isQuick, say }: SuiteOptions): Promise<readonly Figure[]> {
  const rounds = isQuick ? 1 : 3;
  const grown: { readonly ours: number[]; readonly theirs: number[] } = { ours: [], theirs: [] };
  for (let round = 0; round < rounds; round++) {
    const field = await startField([meshwise("routes=50"), haproxy], "backend", say);
    const hold = compile("hold", field.folder);
    const [ours, theirs] = field.runners as [Runner, Runner];
    grown.ours.push(await growth(ours, hold));
    grown.theirs.push(await growth(theirs, hold));
    await Promise.all([field.stop(), theirs.children[0]!.stop()]);
    const told = [grown.ours.at(-1)!, grown.theirs.at(-1)!].map((bytes) => (bytes / MIB).toFixed(1));
    say(`round ${round + 1} of ${rounds}: meshwise ${told[0]} MiB, haproxy ${told[1]} MiB`);
  }
  const label = haproxy.label();
  const [mine, other] = [median(grown.ours), median(grown.theirs)];
  return [
    atMost("idle memory growth", mine / other, "×", { goal: 2, stretch: 1, peer: label }),
    information("idle memory growth meshwise", mine / MIB, "MiB"),
    information("idle memory growth haproxy", other / MIB, "MiB", label),
    information("idle memory per connection", mine / CONNECTIONS, "bytes"),
  ];
}

async function growth(runner: Runner, hold: string): Promise<number> {
  const [pid] = pidsOf(runner) as [number];
  await answers(`http://127.0.0.1:${runner.port}${PATH}`);
  await loadOn(runner.port)(WARM_S);
  const before = await settled(pid);
  const holder = startPinned(LOAD_CORE, [hold, String(runner.port), String(CONNECTIONS)]);
  if (Number(await holder.readLine()) !== CONNECTIONS) throw new Error("not all connections were made");
  const after = await settled(pid);
  await holder.stop();
  return after - before;
}

async function settled(pid: number): Promise<number> {
  const deadline = performance.now() + SETTLE_WITHIN_MS;
  let bytes = pssOf(pid);
  let sinceMs = performance.now();
  while (performance.now() - sinceMs < STILL_MS && performance.now() < deadline) {
    await Bun.sleep(LOOK_MS);
    const now = pssOf(pid);
    if (Math.abs(now - bytes) <= MIB) continue;
    bytes = now;
    sinceMs = performance.now();
  }
  return pssOf(pid);
}
