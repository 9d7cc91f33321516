// What is done to a project under load, one kind after the other. A step is done when the mesh says that it is in force, and
// counts only when its effect is there: an event that did nothing would fail no request either.
import { join } from "node:path";
import { systemClock as clock } from "../../src/base/clock.ts";
import type { Upgraded } from "../../src/model/agent.ts";
import { type Project, SERVICES, type Shape } from "./project.ts";
import { release } from "./release.ts";

export type Kind = {
  readonly name: string;
  /** its failures are by design: told, and no reason to fail */
  readonly isForInformation?: true;
  /** makes the steps: step `n`, from 1 */
  readonly begin: (project: Project) => (n: number) => Promise<unknown>;
};

export const KINDS: readonly Kind[] = [
  {
    name: "roll",
    begin: (project) => () => {
      const { replicas, revision } = project.shape;
      return up(project, { revision: revision + 1 }, replicas);
    },
  },
  {
    name: "scale",
    begin: (project) => (n) => {
      const { replicas } = project.shape;
      const isMore = n % 2 === 1;
      return up(project, { replicas: isMore ? 2 * replicas : replicas / 2 }, isMore ? replicas : 0);
    },
  },
  {
    name: "config",
    begin: (project) => async (n) => {
      const begin = clock.monotonicMs();
      project.configure(n);
      await inForce(project, n);
      await clock.sleep(Math.max(0, 1000 - (clock.monotonicMs() - begin)));
    },
  },
  { name: "worker", begin: (project) => () => upgraded(project) },
  {
    name: "upgrade",
    begin(project) {
      const launchers = ["0.1.1-zero", "0.1.2-zero"].map((version) => release(join(project.folder, version), version));
      return async (n) => {
        const { to } = await upgraded(project, launchers[n % 2]);
        if (!launchers[n % 2]?.includes(to)) throw new Error(`it is ${to} now`);
      };
    },
  },
  {
    name: "together",
    begin: (project) => async (n) => {
      const replicas = n % 3 === 0 ? 3 : 2;
      project.configure(n);
      const change = { replicas, revision: project.shape.revision + 1 };
      await Promise.all([up(project, change, replicas), upgraded(project), inForce(project, n)]);
    },
  },
  {
    name: "kill",
    isForInformation: true,
    begin: (project) => async (n) => {
      const before = await workers(project);
      const victim = before[n % before.length] as number;
      process.kill(victim, "SIGKILL");
      await until(async () => {
        const now = await workers(project);
        return now.length === before.length && !now.includes(victim);
      });
    },
  },
];

/** Brings the project to another shape. @param fresh how many replicas of each service must not have been there before */
async function up(project: Project, change: Partial<Shape>, fresh: number): Promise<void> {
  const before = (await project.workloads()).map(({ key }) => key);
  project.reshape(change);
  await project.meshwise(["up", "-d"]);
  const now = await project.workloads();
  for (const name of SERVICES) {
    const ones = now.filter(({ service, state }) => service === name && state === "running");
    const news = ones.filter(({ key }) => !before.includes(key));
    if (ones.length !== project.shape.replicas || news.length !== fresh) {
      throw new Error(`${name} has ${ones.length} replicas, ${news.length} of them new`);
    }
  }
}

/** Upgrades the agent; all of its workers are others then. */
async function upgraded(project: Project, launcher?: string): Promise<Upgraded> {
  const before = await workers(project);
  const result = JSON.parse(await project.meshwise(["upgrade", "-o", "json"], launcher)) as Upgraded;
  if (result.cut > 0) throw new Error(`${result.cut} connections were cut`);
  await until(async () => {
    const now = await workers(project);
    return now.length > 0 && !now.some((pid) => before.includes(pid));
  });
  return result;
}

/** pids, as this machine sees them */
async function workers(project: Project): Promise<readonly number[]> {
  const state = JSON.parse(await project.meshwise(["ps", "-o", "json"]));
  return (state.processes as { role: string; pid: number }[])
    .filter(({ role }) => role === "worker")
    .map(({ pid }) => pid);
}

/** Every worker has the change with that number. */
function inForce(project: Project, number: number): Promise<void> {
  return until(async () => {
    const { rows } = JSON.parse(await project.meshwise(["get", "routes", "-o", "json"]));
    return (
      rows.length > 0 &&
      (rows as { spec: unknown; status: unknown }[]).every(
        ({ spec, status }) =>
          JSON.stringify(spec).includes(`"value":"${number}"`) && isProgrammed(JSON.stringify(status)),
      )
    );
  });
}

function isProgrammed(status: string): boolean {
  return /"type":"Programmed","status":"True"/.test(status);
}

const WITHIN_MS = 30_000;
const LOOK_MS = 50;

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = clock.monotonicMs() + WITHIN_MS;
  while (!(await isSo())) {
    if (clock.monotonicMs() > end) throw new Error(`not in force within ${WITHIN_MS / 1000} s`);
    await clock.sleep(LOOK_MS);
  }
}
