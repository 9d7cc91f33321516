// CPU time per request of one hop of HTTP/1.1, ours with all its telemetry against HAProxy and nginx without any, and
// against a relay in C that looks at nothing.
import { pidsOf } from "../contenders/contender.ts";
import { haproxy } from "../contenders/haproxy.ts";
import { meshwise } from "../contenders/meshwise.ts";
import { nginx } from "../contenders/nginx.ts";
import { relay } from "../contenders/relay.ts";
import type { Setup } from "../contenders/snapshot.ts";
import { atMost, type Figure, information, type SuiteOptions } from "../suite.ts";
import { startField } from "../support/field.ts";
import { loadOn, PATH } from "../support/http-load.ts";
import { answers } from "../support/loopback.ts";
import { type Cost, FULL, QUICK, requestCosts } from "../support/request-cost.ts";

/** @param name of the figures */
export async function oneHop(name: string, setup: Setup, { isQuick, say }: SuiteOptions): Promise<readonly Figure[]> {
  const contenders = [meshwise(setup), haproxy, nginx, relay];
  const field = await startField(contenders, "backend", say);
  for (const { port } of field.runners) await answers(`http://127.0.0.1:${port}${PATH}`);
  const measured = field.runners.map((runner) => ({
    name: runner.name,
    pids: pidsOf(runner),
    run: loadOn(runner.port),
    isCompiledLate: runner.contender.isCompiledLate === true,
  }));
  const costs = (await requestCosts(measured, isQuick ? QUICK : FULL, say)) as [Cost, Cost, Cost, Cost];
  const [{ lost } = { lost: 0 }] = await field.stop();

  const [ours, ofHaproxy, ofNginx, ofRelay] = costs.map(({ us }) => us) as [number, number, number, number];
  const [, haproxyLabel, nginxLabel, relayLabel] = contenders.map(({ label }) => label()) as [
    string,
    string,
    string,
    string,
  ];
  const cost = `${name} cpu/request`;
  return [
    atMost(`${cost} vs haproxy`, ours / ofHaproxy, "×", { goal: 1, stretch: 0.9, peer: haproxyLabel }),
    atMost(`${cost} vs nginx`, ours / ofNginx, "×", { goal: 1, stretch: 0.9, peer: nginxLabel }),
    atMost(`${cost} vs relay`, ours / ofRelay, "×", { goal: 1.7, stretch: 1.4, peer: relayLabel }),
    information(cost, ours, "µs"),
    information(`${cost} haproxy`, ofHaproxy, "µs", haproxyLabel),
    information(`${cost} nginx`, ofNginx, "µs", nginxLabel),
    information(`${cost} relay`, ofRelay, "µs", relayLabel),
    atMost(`${name} spans lost`, lost, "spans", { goal: 0, peer: "none" }),
  ];
}
