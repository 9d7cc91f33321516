// What each policy costs a request: ns of the layers alone, and as a share of all that a request costs the proxy.
import { pidsOf } from "../contenders/contender.ts";
import { meshwise } from "../contenders/meshwise.ts";
import { type Figure, information, type Section, type SuiteOptions } from "../suite.ts";
import { type Runner, startField } from "../support/field.ts";
import { loadOn, PATH } from "../support/http-load.ts";
import { answers } from "../support/loopback.ts";
import { runMicro } from "../support/micro.ts";
import { type Cost, FULL, QUICK, requestCosts } from "../support/request-cost.ts";

/** in micro/policies.ts: the way without any layer */
const NOTHING = "nothing";

export const policies: Section = {
  name: "policies",
  about: "what each policy costs a request, in ns and as a share of all that a request costs",
  run: comparePolicies,
};

async function comparePolicies({ isQuick, say }: SuiteOptions): Promise<readonly Figure[]> {
  const field = await startField([meshwise("plain")], "backend", say);
  const [runner] = field.runners as [Runner];
  await answers(`http://127.0.0.1:${runner.port}${PATH}`);
  const measured = { name: runner.name, pids: pidsOf(runner), run: loadOn(runner.port), isCompiledLate: true };
  const [whole] = (await requestCosts([measured], isQuick ? QUICK : FULL, say)) as [Cost];
  await field.stop();

  const all = await runMicro<{ readonly name: string; readonly ns: number }>("policies");
  const nothing = all.find(({ name }) => name === NOTHING)?.ns;
  if (nothing === undefined) throw new Error("micro/policies.ts measures nothing to compare with");
  return [
    information("policies: a request, nothing configured", whole.us, "µs"),
    ...all
      .filter(({ name }) => name !== NOTHING)
      .map(({ name, ns }) => {
        const added = Math.max(0, ns - nothing);
        const share = ((added / 1000 / whole.us) * 100).toFixed(1);
        return information(`policies: ${name}`, added, "ns", `${share} % of a request`);
      }),
  ];
}
