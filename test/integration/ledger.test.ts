// The ledger of a running mesh: what is added in a known way stands where it was spent.
import { test } from "bun:test";
import { join } from "node:path";
import type { HostState } from "../../src/api/host-types.ts";
import type { LedgerAnswer } from "../../src/api/types.ts";
import { type CommandOptions, inFolder, meshwise, start } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";

const SERVER = `
const ran = () => { const { user, system } = process.cpuUsage(); return user + system; };
const ways = {
  computes() { for (const until = ran() + 40_000; ran() < until; ); },
  sleeps: () => Bun.sleep(300),
};
Bun.serve({ port: 8080, hostname: "0.0.0.0", async fetch() { await ways[process.argv[2]](); return new Response("done"); } });
`;

const SERVICES = ["computes", "sleeps"];

async function withMesh(use: (options: CommandOptions) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const environment = { MESHWISE_STATE_DIR: join(folder, "state"), MESHWISE_API_PORT: "0", MESHWISE_WORKERS: "1" };
    const options = { directory: folder, environment };
    await Bun.write(join(folder, "server.js"), SERVER);
    const service = (name: string) => ({
      command: [process.execPath, join(folder, "server.js"), name],
      ports: ["127.0.0.1::8080"],
    });
    const services = Object.fromEntries(SERVICES.map((name) => [name, service(name)]));
    await Bun.write(join(folder, "compose.yaml"), JSON.stringify({ name: "ledger", services }));
    const up = start(["up"], options);
    try {
      await use(options);
    } finally {
      await meshwise(["down"], options);
      up.kill("SIGKILL");
    }
  });
}

/** Asks one request after the other until told to stop; a service that does not listen yet is asked again. */
async function keepAsking(port: number, { signal }: AbortController): Promise<void> {
  while (!signal.aborted) await fetch(`http://127.0.0.1:${port}/`, { signal }).catch(() => undefined);
}

/** ms of the mean request, by part */
function partsOf({ all }: LedgerAnswer): (...names: readonly string[]) => number {
  return (...names) => all.rows.filter(({ part }) => names.includes(part)).reduce((sum, { ms }) => sum + ms, 0);
}

test("of who computes it says CPU, and of who sleeps that nothing explains it", async () => {
  await withMesh(async (options) => {
    const state = async () => JSON.parse((await meshwise(["ps", "-o", "json"], options)).out) as HostState;
    const { published } = await eventually(
      async () => {
        const now = await state();
        return now.published.length === SERVICES.length && now;
      },
      { withinMs: 60_000 },
    );
    const enough = new AbortController();
    const asking = published.map(({ hostPort }) => keepAsking(hostPort, enough));
    // there must be looks at the workloads on both sides of some requests
    const ledger = (service: string, isIt: (answer: LedgerAnswer) => boolean) =>
      eventually(
        async () => {
          const { out } = await meshwise(["ledger", service, "--since", "1m", "-o", "json"], options);
          const answer = JSON.parse(out) as LedgerAnswer;
          return isIt(answer) && answer;
        },
        { withinMs: 90_000, everyMs: 1_000 },
      );
    // on a machine that is busy they wait for a CPU as well: the rest of a request is what it computes, and what it sleeps
    const isCpu = (answer: LedgerAnswer) =>
      partsOf(answer)("own work: on CPU", "own: waiting for a CPU") > 0.6 * answer.all.meanMs;
    const isSleep = (answer: LedgerAnswer) => {
      const of = partsOf(answer);
      return of("own work: on CPU") > 0 && of("own: unexplained") > 200;
    };

    await Promise.all([ledger("computes", isCpu), ledger("sleeps", isSleep)]);
    enough.abort();
    await Promise.all(asking);
  });
}, 240_000);
