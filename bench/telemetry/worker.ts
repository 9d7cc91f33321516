// What of a worker's CPU per request is telemetry: the same proxy with and without recording, in turns. Recording is the span with
// its phases, what calls share, and the visitor of a published port: of these the observatory makes figures, traces and journeys.
// Times are taken and trace contexts passed on in both.
import { meshwise, unrecorded } from "../contenders/meshwise.ts";
import { atMost, information, type Section } from "../suite.ts";
import { startField } from "../support/field.ts";
import { loadOn, PATH } from "../support/http-load.ts";
import { answers } from "../support/loopback.ts";
import { type Cost, FULL, QUICK, requestCosts } from "../support/request-cost.ts";

/** fifty routes, all policies, visitors told apart */
const SETUP = "routes=50";
const GOAL_PERCENT = 8;

export const worker: Section = {
  name: "worker",
  about: "the share of a worker's CPU per request that recording takes",
  async run({ isQuick, say }) {
    const field = await startField([meshwise(SETUP, "recorded"), unrecorded(SETUP)], "backend", say);
    for (const { port } of field.runners) await answers(`http://127.0.0.1:${port}${PATH}`);
    const measured = field.runners.map(({ name, children: [proxy], port }) => ({
      name,
      pids: [proxy!.pid],
      run: loadOn(port),
      isCompiledLate: true,
    }));
    const [recorded, plain] = (await requestCosts(measured, isQuick ? QUICK : FULL, say)) as [Cost, Cost];
    const [told] = await field.stop();
    return [
      atMost("recording, of a worker's CPU per request", (1 - plain.us / recorded.us) * 100, "%", {
        goal: GOAL_PERCENT,
      }),
      information("a worker's CPU per request", recorded.us, "µs"),
      information("without recording", plain.us, "µs"),
      atMost("worker spans lost", told?.lost ?? Number.NaN, "spans", { goal: 0 }),
    ];
  },
};
