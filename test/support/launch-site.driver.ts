// Runs inside a sandbox and starts workloads in it, as the runner does but without an agent: the counterpart of launch-site.ts.
import { mkdirSync } from "node:fs";
import { systemClock } from "../../src/base/clock.ts";
import { workloadAddress } from "../../src/model/address.ts";
import type { Cgroups } from "../../src/platform/cgroup/cgroups.ts";
import { createGroup } from "../../src/platform/cgroup/group.ts";
import { runCheck } from "../../src/platform/process/check.ts";
import { knowsOnlyOneUser, resolveUser } from "../../src/platform/process/credentials.ts";
import { launch, type Place, type Running } from "../../src/platform/process/launch.ts";
import { openChannel } from "../../src/sys/channel.ts";
import { CHILD_ENDS } from "../../src/sys/spawn.ts";
import type { FromDriver, ToDriver } from "./launch-site.ts";

const { stateHome, directory, cgroups } = JSON.parse(Bun.argv[2] ?? "") as {
  stateHome: string;
  directory: string;
  cgroups: Cgroups;
};
const place: Place = { rootless: knowsOnlyOneUser(), scratch: "/run/meshwise", stateHome, directory };
const channel = openChannel<ToDriver, FromDriver>(CHILD_ENDS);
channel.onClose(() => process.exit(0));
mkdirSync(place.scratch, { recursive: true });

const running = new Map<number, Running>();

function inside(argv: readonly string[]): string {
  const { stdout, stderr } = Bun.spawnSync([...argv]);
  return stdout.toString() + stderr.toString();
}

async function start({ request, key, options }: Extract<ToDriver, { type: "launch" }>): Promise<void> {
  const id = options.id ?? `w-${key}`;
  inside(["ip", "netns", "add", id]);
  inside(["ip", "-n", id, "link", "set", "lo", "up"]);
  inside(["ip", "-n", id, "address", "add", `${workloadAddress(key).v4}/32`, "dev", "lo"]);
  const user = await resolveUser(options.user, place);
  const group = createGroup(cgroups, id, options.limits ?? {});
  const job = launch(place, {
    id,
    namespace: "shop",
    address: workloadAddress(key),
    netns: `/run/netns/${id}`,
    user,
    command: {
      argv: options.argv,
      environment: { PATH: process.env.PATH ?? "", ...options.environment },
      workingDirectory: options.workingDirectory ?? directory,
    },
    cgroups: group.procs,
    stopSignal: "SIGTERM",
    wantsInput: false,
    onOutput: (stream, bytes) => channel.send({ type: "output", request, stream, text: Buffer.from(bytes).toString() }),
  });
  running.set(request, job);
  const started = await job.started;
  channel.send({ type: "started", request, started });
  if (options.check && "pid" in started) {
    const command = { argv: options.check, environment: { PATH: process.env.PATH ?? "" }, workingDirectory: directory };
    const check = { pid: started.pid, id, user, command, cgroups: group.procs, timeoutMs: 500 };
    channel.send({ type: "checked", request, result: await runCheck(place, check, systemClock) });
  }
  const exitCode = await job.exited;
  const oomKills = group.oomKills();
  const sample = group.sample();
  await group.remove(systemClock);
  channel.send({ type: "exited", request, exitCode, oomKills, sample });
}

channel.onMessage((message) => {
  if (message.type === "launch") void start(message);
  else if (message.type === "signal") running.get(message.request)?.signal(message.name);
  else if (message.type === "kill") running.get(message.request)?.kill();
  else channel.send({ type: "inside", request: message.request, text: inside(message.argv) });
});
