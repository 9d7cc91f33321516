// What ten thousand routes cost a request that ten would not: CPU time of the whole proxy, asked for one route after the
// other; and of the decision alone, in the shapes that routes come in.
import { type Contender, pidsOf } from "../contenders/contender.ts";
import { meshwise } from "../contenders/meshwise.ts";
import { pathOf } from "../contenders/snapshot.ts";
import { atMost, type Figure, information, type Section, type SuiteOptions } from "../suite.ts";
import { startField } from "../support/field.ts";
import { loadOn } from "../support/http-load.ts";
import { answers } from "../support/loopback.ts";
import { runMicro } from "../support/micro.ts";
import { type Cost, FULL, type Measured, QUICK, requestCosts } from "../support/request-cost.ts";

const FEW = 10;
const MANY = 10_000;
const ASKED = 64;
/** never the same as the one before, far apart */
const STRIDE = 6151;
const GOAL = { goal: 1.3, peer: `${FEW} routes` };

export const router: Section = {
  name: "router",
  about: "CPU per request with 10,000 routes against 10",
  run: compareRouters,
};

type Decision = { readonly name: string; readonly fewNs: number; readonly manyNs: number };

async function compareRouters({ isQuick, say }: SuiteOptions): Promise<readonly Figure[]> {
  const routers: readonly (readonly [number, Contender])[] = [FEW, MANY].map((count) => [
    count,
    meshwise(`routes=${count}`, `${count} routes`),
  ]);
  const field = await startField(
    routers.map(([, contender]) => contender),
    "backend",
    say,
  );
  const measured: Measured[] = [];
  for (const [i, runner] of field.runners.entries()) {
    const [count] = routers[i]!;
    const script = `${field.folder}/${count}.lua`;
    await Bun.write(script, requests(count));
    await answers(`http://127.0.0.1:${runner.port}${pathOf(0)}`);
    const run = loadOn(runner.port, { script });
    measured.push({ name: runner.name, pids: pidsOf(runner), run, isCompiledLate: true });
  }
  const [few, many] = (await requestCosts(measured, isQuick ? QUICK : FULL, say)) as [Cost, Cost];
  await field.stop();
  say("the decision alone");
  const decisions = await runMicro<Decision>("router");
  return [
    atMost("router cpu/request, 10,000 routes", many.us / few.us, "×", GOAL),
    information("router cpu/request, 10 routes", few.us, "µs"),
    ...decisions.map(({ name, fewNs, manyNs }) => atMost(`router decision, ${name}`, manyNs / fewNs, "×", GOAL)),
  ];
}

/** for wrk: made beforehand, so that the load costs what it costs without */
function requests(routes: number): string {
  const paths = Array.from({ length: ASKED }, (_, k) => pathOf((k * STRIDE) % routes));
  return `local paths = { ${paths.map((path) => JSON.stringify(path)).join(", ")} }
local made, next = {}, 0
init = function(args)
  for i, path in ipairs(paths) do made[i] = wrk.format("GET", path) end
end
request = function()
  next = next % #made + 1
  return made[next]
end
`;
}
