// From one service to another on the same host: through the mesh, captured and carried by one worker, which needs no TLS
// because nothing leaves the host; through two HAProxies with mTLS between them, which is what a mesh of sidecars does; and
// through one HAProxy without TLS, which somebody would have had to configure.
import { type Contender, LOAD_CORE, PROXY_CORE, pidsOf } from "../contenders/contender.ts";
import { haproxyInside } from "../contenders/haproxy.ts";
import { startMesh } from "../contenders/mesh.ts";
import { mtlsPair } from "../contenders/mtls.ts";
import { atMost, type Figure, information, type Section, type SuiteOptions } from "../suite.ts";
import { startField } from "../support/field.ts";
import { CONNECTIONS, HEADERS, loadOn, PATH, type Run } from "../support/http-load.ts";
import { answers } from "../support/loopback.ts";
import { type Cost, FULL, type Measured, QUICK, requestCosts } from "../support/request-cost.ts";
import { compile } from "../support/tools.ts";
import { readWrk, wrkCommand } from "../support/wrk.ts";

const URL_INSIDE = `http://catalog:8080${PATH}`;

export const service: Section = {
  name: "service",
  about: "CPU per request from service to service on one host, against HAProxy → mTLS → HAProxy and one plain HAProxy",
  run: compareServices,
};

async function compareServices({ isQuick, say }: SuiteOptions): Promise<readonly Figure[]> {
  const peers: readonly Contender[] = [mtlsPair, haproxyInside];
  const { folder, runners } = await startField(peers, "backend", say);
  for (const { port } of runners) await answers(`http://127.0.0.1:${port}${PATH}`);
  say("starting a mesh");
  const mesh = await startMesh(folder, [
    ...["taskset", "--cpu-list", String(LOAD_CORE)],
    ...[compile("backend", folder), "0.0.0.0", "8080"],
  ]);
  const run: Run = async (seconds) => {
    const load = { connections: CONNECTIONS, url: URL_INSIDE, headers: HEADERS };
    return readWrk(await mesh.run(wrkCommand(load, seconds)));
  };
  const measured: Measured[] = [
    { name: "meshwise", pids: [mesh.pid], run, isCompiledLate: true },
    ...runners.map((runner) => ({
      name: runner.name,
      pids: pidsOf(runner),
      run: loadOn(runner.port),
      isCompiledLate: false,
    })),
  ];
  const costs = (await requestCosts(measured, isQuick ? QUICK : FULL, say)) as [Cost, Cost, Cost];
  const seen = await mesh.requestsSeen();
  await mesh.stop();
  return figures(costs, seen, peers);
}

function figures(
  [ours, pair, plain]: readonly [Cost, Cost, Cost],
  seen: number,
  peers: readonly Contender[],
): Figure[] {
  const [pairLabel, plainLabel] = peers.map(({ label }) => label()) as [string, string];
  const cost = "service cpu/request";
  return [
    atMost(`${cost} vs mTLS pair`, ours.us / pair.us, "×", { goal: 0.5, stretch: 0.4, peer: pairLabel }),
    atMost(`${cost} vs haproxy`, ours.us / plain.us, "×", { goal: 1, stretch: 0.9, peer: plainLabel }),
    information(cost, ours.us, "µs", `mesh: worker, opener and supervisor on core ${PROXY_CORE}`),
    information(`${cost} mTLS pair`, pair.us, "µs", pairLabel),
    information(`${cost} haproxy`, plain.us, "µs", plainLabel),
    information("service requests in the observatory", seen, "requests"),
  ];
}
