// CPU time per request of one hop of HTTP/1.1, ours with all its telemetry against HAProxy and nginx without any, and
// against a relay in C that looks at nothing. Each round measures all of them in turn; medians of rounds are compared.
import { cpus } from "node:os";
import { atMost, type Figure, information, type Suite, type SuiteOptions } from "../suite.ts";
import { type Child, startPinned, temporaryFolder } from "../support/children.ts";
import { cpuBetween, readCpu } from "../support/cpu-time.ts";
import { answers } from "../support/loopback.ts";
import { median } from "../support/median.ts";
import { compile, needPrograms, versionOf } from "../support/tools.ts";
import { type Load, runWrk } from "../support/wrk.ts";
import { type Contender, haproxy, meshwise, nginx, relay } from "./peers.ts";

const PROXY_CORE = 0;
const LOAD_CORE = 1;
const CONNECTIONS = 48;
const PATH = "/api/v1/products/42?currency=EUR";
const HEADERS = [
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) shop/1.0",
  "Accept: application/json",
  "Accept-Encoding: gzip, deflate, br",
  "Accept-Language: en-US,en;q=0.9",
  "Cookie: session=3f2a9c77d1; theme=dark",
];

const QUICK = { rounds: 5, roundS: 1, warmS: 6 };
const FULL = { rounds: 9, roundS: 3, warmS: 15 };
/** by then an engine has compiled what it is going to compile */
const WARM_REQUESTS = 150_000;

const PROGRAMS = { haproxy: ["haproxy"], nginx: ["nginx"], wrk: ["wrk"], cc: ["gcc", "libc6-dev"] };

const CONTENDERS = [meshwise, haproxy, nginx, relay] as const;

export const http1: Suite = {
  name: "http1",
  about: "CPU per request of one HTTP/1.1 hop against HAProxy, nginx and a relay in C",
  run: compare,
};

type Running = {
  readonly contender: Contender;
  readonly child: Child;
  readonly load: Load;
  /** µs of CPU time per request, by round */
  readonly costs: number[];
};

async function compare({ isQuick, say }: SuiteOptions): Promise<readonly Figure[]> {
  if (cpus().length < 2) throw new Error("two cores are needed: one for the proxy, one for the load");
  await needPrograms(PROGRAMS, say);
  const folder = temporaryFolder();
  const backend = startPinned(LOAD_CORE, [compile(new URL("backend.c", import.meta.url).pathname, folder)]);
  const backendPort = Number(await backend.readLine());

  const { rounds, roundS, warmS } = isQuick ? QUICK : FULL;
  const running: Running[] = [];
  for (const contender of CONTENDERS) {
    const { child, port } = await contender.start({ folder, core: PROXY_CORE, backendPort });
    const url = `http://127.0.0.1:${port}${PATH}`;
    await answers(url);
    const load = { core: LOAD_CORE, connections: CONNECTIONS, url, headers: HEADERS };
    say(`warming up ${contender.name}`);
    await warmUp(load, contender === meshwise ? warmS : 1);
    running.push({ contender, child, load, costs: [] });
  }
  for (let round = 0; round < rounds; round++) {
    // Each begins once: who comes first meets a cooler machine.
    for (let i = 0; i < running.length; i++) await measure(running[(round + i) % running.length]!, roundS);
    say(`round ${round + 1} of ${rounds}: ${running.map(lastCost).join(", ")} µs/request`);
  }
  const { spans, lost } = await stopAll(running);
  await backend.stop();
  if (spans === 0) throw new Error("the proxy wrote no span: this would be a comparison of something else");
  return figures(running, lost);
}

/** Compiled programs need no more than their connections made. */
async function warmUp(load: Load, atMostS: number): Promise<void> {
  let requests = 0;
  for (let second = 0; second < atMostS && requests < WARM_REQUESTS; second++) {
    requests += (await runWrk(load, 1)).requests;
  }
}

async function measure({ child, load, costs }: Running, seconds: number): Promise<void> {
  const before = readCpu(child.pid);
  const { requests } = await runWrk(load, seconds);
  costs.push(cpuBetween(before, readCpu(child.pid)) / 1000 / requests);
}

function lastCost({ contender, costs }: Running): string {
  return `${contender.name} ${costs.at(-1)?.toFixed(2)}`;
}

async function stopAll(running: readonly Running[]): Promise<{ spans: number; lost: number }> {
  const outputs = await Promise.all(running.map(({ child }) => child.stop()));
  return JSON.parse(outputs[0]!);
}

function figures(running: readonly Running[], lost: number): Figure[] {
  const cost = (wanted: Contender) => median(running.find(({ contender }) => contender === wanted)!.costs);
  const ours = cost(meshwise);
  const peers = {
    haproxy: `haproxy ${versionOf(["haproxy", "-v"])}`,
    nginx: `nginx ${versionOf(["nginx", "-v"])}`,
    relay: "relay.c",
  };
  return [
    atMost(1.1, "http1 cpu/request vs haproxy", ours / cost(haproxy), "×", peers.haproxy),
    information("http1 cpu/request vs nginx", ours / cost(nginx), "×", peers.nginx),
    information("http1 cpu/request vs relay", ours / cost(relay), "×", peers.relay),
    information("http1 cpu/request", ours, "µs"),
    information("http1 cpu/request haproxy", cost(haproxy), "µs", peers.haproxy),
    information("http1 cpu/request nginx", cost(nginx), "µs", peers.nginx),
    information("http1 cpu/request relay", cost(relay), "µs", peers.relay),
    atMost(0, "http1 spans lost", lost, "spans", "none"),
  ];
}
