// What a hop adds to the time of a request, with half of the load that the whole set-up can bear, in an open loop: requests
// are sent when their time has come, and their latency counts from then.
import { LOAD_CORE, pidsOf } from "../contenders/contender.ts";
import { direct } from "../contenders/direct.ts";
import { haproxy } from "../contenders/haproxy.ts";
import { meshwise } from "../contenders/meshwise.ts";
import { atMost, type Figure, information, type Section, type SuiteOptions } from "../suite.ts";
import { runPinned } from "../support/children.ts";
import { type Runner, startField } from "../support/field.ts";
import { CONNECTIONS, HEADERS, loadOn, PATH, warmUp } from "../support/http-load.ts";
import { answers } from "../support/loopback.ts";
import { median } from "../support/median.ts";
import { FIRST, preferAll } from "../support/precedence.ts";
import { compile } from "../support/tools.ts";
import { inTurns } from "../support/turns.ts";

const SHARE_OF_SATURATION = 0.5;
const REQUEST = [`GET ${PATH} HTTP/1.1`, "Host: catalog", ...HEADERS, "\r\n"].join("\r\n");

const QUICK = { rounds: 5, roundS: 2, saturationS: 2, warmS: 6 };
const FULL = { rounds: 9, roundS: 4, saturationS: 5, warmS: 15 };

export const latency: Section = {
  name: "latency",
  about: "latency added at half of the set-up's saturation, open loop, p50 and p99, with 50 routes and all policies",
  run: compareLatency,
};

type OpenLoop = { readonly requests: number; readonly p50Us: number; readonly p99Us: number; readonly maxUs: number };

async function compareLatency({ isQuick, say }: SuiteOptions): Promise<readonly Figure[]> {
  const { rounds, roundS, saturationS, warmS } = isQuick ? QUICK : FULL;
  const contenders = [meshwise("routes=50"), haproxy, direct];
  const field = await startField(contenders, "backend", say);
  const [ours, theirs, none] = field.runners as [Runner, Runner, Runner];
  for (const { port } of field.runners) await answers(`http://127.0.0.1:${port}${PATH}`);
  await preferAll([field.backendPid, ...field.runners.flatMap(pidsOf)], LOAD_CORE);
  const load = loadOn(ours.port);
  say("warming up meshwise");
  await warmUp(load, warmS);
  const saturated = await load(saturationS);
  const rate = Math.floor((saturated.requests / saturated.seconds) * SHARE_OF_SATURATION);
  say(`${rate} requests a second, half of what meshwise, the load and the backend do together`);

  const program = compile("open-loop", field.folder);
  const ask = async ({ port }: Runner, seconds: number) => {
    const words = [String(port), String(rate), String(seconds), String(CONNECTIONS), REQUEST];
    return JSON.parse(await runPinned(LOAD_CORE, [...FIRST, program, ...words])) as OpenLoop;
  };
  // another pace is other work for the engine's compilers
  await ask(ours, warmS);

  const seen = new Map<Runner, OpenLoop[]>(field.runners.map((one) => [one, []]));
  await inTurns(field.runners, { rounds, say }, async (one) => {
    const result = await ask(one, roundS);
    seen.get(one)!.push(result);
    return `${result.p50Us} / ${result.p99Us} µs`;
  });
  await field.stop();

  const ms = (runner: Runner, name: "p50Us" | "p99Us" | "maxUs") =>
    median(seen.get(runner)!.map((result) => result[name])) / 1000;
  const added = (runner: Runner, name: "p50Us" | "p99Us") => ms(runner, name) - ms(none, name);
  const label = haproxy.label();
  return [
    atMost("latency added p50", added(ours, "p50Us"), "ms", { goal: 0.1, stretch: 0.06, peer: direct.label() }),
    atMost("latency added p99", added(ours, "p99Us"), "ms", { goal: 0.5, stretch: 0.3, peer: direct.label() }),
    information("latency added p50 haproxy", added(theirs, "p50Us"), "ms", label),
    information("latency added p99 haproxy", added(theirs, "p99Us"), "ms", label),
    information("latency p50 direct", ms(none, "p50Us"), "ms"),
    information("latency p99 direct", ms(none, "p99Us"), "ms"),
    information("latency max", ms(ours, "maxUs"), "ms"),
    information("latency max haproxy", ms(theirs, "maxUs"), "ms", label),
    information("latency max direct", ms(none, "maxUs"), "ms"),
    information("latency load", rate, "requests/s"),
  ];
}
