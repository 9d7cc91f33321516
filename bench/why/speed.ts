// How long an answer takes in a large mesh: a real observatory over a store of a day, asked by its API.
import { systemClock } from "../../src/base/clock.ts";
import { atMost, type Figure, information, type Section, type SuiteOptions } from "../suite.ts";
import { temporaryFolder } from "../support/children.ts";
import { cpuBetween, readCpu } from "../support/cpu-time.ts";
import { median } from "../support/median.ts";
import { pssOf } from "../support/memory.ts";
import { type Observed, observe, storeIn } from "../telemetry/process.ts";
import { CULPRIT, fillMesh } from "./store.ts";

type Mesh = { readonly services: number; readonly exchanges: number; readonly goalMs: number };

const SMALL: Mesh = { services: 100, exchanges: 2_000_000, goalMs: 2_000 };
const LARGE: Mesh = { services: 2_000, exchanges: 4_000_000, goalMs: 10_000 };
const ROUNDS = { full: 5, quick: 3 };
/** what is kept, so that nothing of the store is dropped while it is asked */
const SETTINGS = { MESHWISE_KEEP_SPANS: String(24 * 3600), MESHWISE_STORE_MB: String(64 * 1024) };

export const speed: Section = {
  name: "speed",
  about: "answers of a mesh of 100 services and of one of 2,000, over a day of rollups and millions of exchanges",
  async run(options) {
    const meshes = options.isQuick ? [SMALL] : [SMALL, LARGE];
    const figures: Figure[] = [];
    for (const mesh of meshes) figures.push(...(await speedOf(mesh, options)));
    return figures;
  },
};

async function speedOf({ services, exchanges, goalMs }: Mesh, { isQuick, say }: SuiteOptions): Promise<Figure[]> {
  const folder = temporaryFolder();
  await (await observe(folder, SETTINGS)).stop();
  const nowS = Math.floor(systemClock.nowUs() / 10e6) * 10;
  const rollups = await fillMesh(storeIn(folder), services, exchanges, nowS);
  say(`${services} services, ${rollups} rollups, ${exchanges} exchanges`);
  const observed = await observe(folder, SETTINGS);
  try {
    const figures: Figure[] = [];
    for (const [name, path] of Object.entries(questions(nowS))) {
      const before = readCpu(observed.pid);
      const times = await timesOf(observed, path, isQuick ? ROUNDS.quick : ROUNDS.full);
      const cpuMs = cpuBetween(before, readCpu(observed.pid)) / 1e6 / times.length;
      say(`${name}: ${times.map((ms) => ms.toFixed(0)).join(" ")}`);
      figures.push(
        atMost(`${services} services, ${name}, longest`, Math.max(...times), "ms", { goal: goalMs }),
        information(`${services} services, ${name}, median`, median(times), "ms"),
        information(`${services} services, ${name}, CPU`, cpuMs, "ms"),
      );
    }
    const memory = pssOf(observed.pid) / 2 ** 20;
    return [...figures, information(`${services} services: observatory's memory (PSS)`, memory, "MiB")];
  } finally {
    await observed.stop();
  }
}

function questions(nowS: number): Readonly<Record<string, string>> {
  const at = (agoS: number) => new Date(1000 * (nowS - agoS)).toISOString();
  return {
    "the mesh, 15 minutes": `/why?from=${at(900)}&to=${at(0)}`,
    "the entry, 15 minutes": `/why?service=svc-0&from=${at(900)}&to=${at(0)}`,
    "the mesh, 15 minutes beside a day": `/why?from=${at(900)}&to=${at(0)}&baseline=1425m`,
  };
}

/** ms. @throws Error when the answer is not the one that is right: of a wrong one, how fast it is says nothing */
async function timesOf(observed: Observed, path: string, rounds: number): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const beganMs = systemClock.monotonicMs();
    const { verdict, findings } = JSON.parse(await observed.ask(path)) as Told;
    times.push(systemClock.monotonicMs() - beganMs);
    if (findings[0]?.subject.service !== `svc-${CULPRIT}`) throw new Error(`${path}: ${verdict}`);
  }
  return times;
}

type Told = {
  readonly verdict: string;
  readonly findings: readonly { readonly subject: { readonly service: string } }[];
};
