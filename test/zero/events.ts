// What is done to a project under load, one kind after the other. Each step is done when the mesh says that it is in force.
import { join } from "node:path";
import { systemClock as clock } from "../../src/base/clock.ts";
import type { Project, Shape } from "./project.ts";
import { release } from "./release.ts";

export type Kind = {
  readonly name: string;
  /** its failures are by design: told, and no reason to fail */
  readonly isForInformation?: true;
  /** makes the steps: step `n`, from 1 */
  readonly begin: (project: Project) => (n: number) => Promise<unknown>;
};

export const FIRST_SHAPE: Shape = { replicas: 2, revision: 0 };

export const KINDS: readonly Kind[] = [
  {
    name: "roll",
    begin: (project) => (n) => {
      project.shape({ ...FIRST_SHAPE, revision: n });
      return project.meshwise(["up", "-d"]);
    },
  },
  {
    name: "scale",
    begin: (project) => (n) => {
      project.shape({ ...FIRST_SHAPE, replicas: n % 2 === 1 ? 4 : 2 });
      return project.meshwise(["up", "-d"]);
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
  { name: "worker", begin: (project) => () => project.meshwise(["upgrade"]) },
  {
    name: "upgrade",
    begin(project) {
      const launchers = ["0.1.1-zero", "0.1.2-zero"].map((version) => release(join(project.folder, version), version));
      return async (n) => {
        const said = await project.meshwise(["upgrade", "-o", "json"], launchers[n % 2]);
        const { to, cut } = JSON.parse(said) as { to: string; cut: number };
        if (!launchers[n % 2]?.includes(to)) throw new Error(`it is ${to} now`);
        if (cut > 0) throw new Error(`${cut} connections were cut`);
      };
    },
  },
  {
    name: "together",
    begin: (project) => async (n) => {
      project.shape({ replicas: n % 3 === 0 ? 3 : 2, revision: n });
      project.configure(n);
      await Promise.all([project.meshwise(["up", "-d"]), project.meshwise(["upgrade"]), inForce(project, n)]);
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
