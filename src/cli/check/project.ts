// The running project: its processes, the telemetry's delay and loss, its workloads.
import type { HostState } from "../../api/host-types.ts";
import { shortcomings } from "../../control/gateway/shortcomings.ts";
import type { WorkloadStatus } from "../../model/workload.ts";
import { type ObservatoryClient, observatoryOf } from "../client/observatory.ts";
import type { Context } from "../context.ts";
import { age } from "../output/format.ts";
import type { Running } from "../project.ts";
import { type Check, failure, type Group, OK, ok, type Verdict, warning } from "./types.ts";

const ROLES = ["host", "observatory", "runner", "supervisor", "opener", "worker"] as const;
/** spans are sent each second; twice that and some slack */
const LAG_S = 5;

export function projectChecks(context: Context, { client, state }: Running): readonly Group[] {
  return [
    { name: "processes", checks: ROLES.map((role) => ({ name: role, look: () => present(state, role) })) },
    { name: "routes", checks: [{ name: "routes and policies are in force as written", look: () => routes(client) }] },
    { name: "telemetry", checks: telemetryChecks(context, state) },
    { name: "workloads", checks: state.workloads.map((row): Check => ({ name: row.id, look: () => workload(row) })) },
  ];
}

function present(state: HostState, role: (typeof ROLES)[number]): Verdict {
  const found = state.processes.filter((process) => process.role === role);
  if (found.length > 0) return ok(found.map(({ pid }) => `pid ${pid}`).join(", "));
  return failure("it does not run", "It is restarted by itself: look again in a moment, and see `meshwise logs mesh`.");
}

async function routes(client: Running["client"]): Promise<Verdict> {
  const { rows, problems } = await client.objects();
  const [problem] = problems;
  if (problem !== undefined) return failure(problem, "Until then what was in force before stays so.");
  const [wrong, ...more] = rows.flatMap(shortcomings);
  if (wrong === undefined) return ok(`${rows.length} object${rows.length === 1 ? "" : "s"}`);
  return warning(more.length > 0 ? `${wrong} (and ${more.length} more)` : wrong, "See `meshwise get all`.");
}

function telemetryChecks(context: Context, state: HostState): readonly Check[] {
  const ask = (verdict: (observatory: ObservatoryClient) => Promise<Verdict>) => async (): Promise<Verdict> => {
    try {
      return await verdict(observatoryOf(state, context.clock));
    } catch (thrown) {
      return failure(thrown instanceof Error ? thrown.message : String(thrown), "See `meshwise logs mesh`.");
    }
  };
  return [
    {
      name: "figures are up to date",
      look: ask(async (observatory) => lag(context, (await observatory.processes()).asOf)),
    },
    {
      name: "no exchange was lost",
      look: ask(async (observatory) => loss((await observatory.stat({ since: "60s" })).coverage)),
    },
  ];
}

function lag(context: Context, asOf: string): Verdict {
  const seconds = context.clock.nowUs() / 1e6 - Date.parse(asOf) / 1000;
  if (seconds <= LAG_S) return ok(`${age(seconds)} old`);
  return failure(
    `the newest are ${age(seconds)} old`,
    "The agent cannot send or the observatory is too slow: see `meshwise logs mesh`.",
  );
}

function loss({ spans, missing }: { readonly spans: number; readonly missing: readonly string[] }): Verdict {
  if (spans >= 1 && missing.length === 0) return OK;
  return warning(
    `${((1 - spans) * 100).toFixed(1)}% in the last minute${missing.map((what) => `; ${what}`).join("")}`,
    "More was exchanged than this machine could write down; counters of the rest stay exact.",
  );
}

function workload({ state, health, restarts, reason, service }: WorkloadStatus): Verdict {
  const see = `See \`meshwise logs ${service}\`.`;
  const text = [state, health === "none" ? "" : health, reason ?? ""].filter(Boolean).join(", ");
  if (state === "failed" || state === "backoff" || health === "unhealthy") return failure(text, see);
  if (state === "waiting" || state === "starting" || health === "starting")
    return warning(text, "It is on its way: look again in a moment.");
  if (restarts > 0) return warning(`${text}, restarted ${restarts} times`, see);
  return ok(text);
}
