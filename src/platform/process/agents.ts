// The agent as a running program: kept alive, and replaced in place by another version of it.
//
// To replace it, a second one is started beside it and told everything; it takes over the same sockets, whose queues do not
// notice. Once all of its workers have the config, it leads: it accepts, and the old one finishes what it has begun and ends.
// Until that moment nothing has changed, so one that does not get there is ended, and the old one goes on.
//
// Considered instead: to replace workers one by one under the old supervisor, which would replace neither it nor the opener;
// to exec the new supervisor in place of the old one, which would leave nobody to go on when it does not come up; sockets
// of its own for the new agent (SO_REUSEPORT), which cannot be had for the resolver's port without losing queries.
import { existsSync } from "node:fs";
import type { Clock } from "../../base/clock.ts";
import { MeshError } from "../../base/errors/index.ts";
import { AGENT_PROTOCOL, type AgentProgram, type Upgraded, type UpgradeRequest } from "../../model/agent.ts";
import type { RunnerToSupervisor, SupervisorToRunner } from "../../model/messages.ts";
import { VERSION } from "../../model/release.ts";
import { howEnded, type Kept, keepRunning } from "../../sys/keep-running.ts";
import type { Spawned } from "../../sys/spawn.ts";
import type { AgentLink, Link } from "./agent-link.ts";
import { within } from "./within.ts";

export type Supervisor = Spawned<SupervisorToRunner, RunnerToSupervisor>;

export type AgentsDeps = {
  readonly clock: Clock;
  readonly link: AgentLink;
  /** @param generation its number among the agents of this sandbox, from 0 @param workers how many it shall have */
  readonly start: (program: AgentProgram, generation: number, workers: number | undefined) => Supervisor;
  /** the last line that the agent started last has printed; undefined: it was silent */
  readonly lastWords: () => string | undefined;
  /** the agent that leads died and is started again */
  readonly onDeath: (how: string) => void;
  readonly tell: (level: "info" | "error", text: string) => void;
};

export type Agents = {
  /** @throws MeshError when the one that ran before goes on */
  upgrade(request: UpgradeRequest, progress: (text: string) => void): Promise<Upgraded>;
  stop(): void;
};

/** a new agent that is not ready by then is given up */
const READY_WITHIN_MS = 30_000;
/** what an agent that leaves gets beyond its time of grace, for its last words */
const LAST_WORDS_MS = 5_000;

type Running = { readonly kept: Kept; readonly link: () => Link };

export function keepAgent(deps: AgentsDeps, first: AgentProgram): Agents {
  const { clock, link } = deps;
  let generation = 0;
  let isBusy = false;
  let current = keep(first, undefined);

  /** @param running and its link: it is one that has stood by, and leads now */
  function keep(
    program: AgentProgram,
    running: { readonly spawned: Supervisor; readonly link: Link } | undefined,
  ): Running {
    const own = generation;
    const workers = running?.link.hello?.workers;
    let now = running?.link;
    const kept = keepRunning(
      clock,
      {
        start: () => deps.start(program, own, workers),
        onStart(channel) {
          now = link.connect(channel, (said) => {
            if (said.type !== "hello" || said.protocol === AGENT_PROTOCOL) return;
            deps.tell("error", new MeshError("upgrade_protocol", stranger(said.version)).sentence);
          });
        },
        onDeath(how) {
          if (now) link.lost(now);
          deps.onDeath(how);
        },
      },
      running?.spawned,
    );
    return { kept, link: () => now as Link };
  }

  /** Starts it, and resolves when it could lead at once. */
  async function standBy(program: AgentProgram): Promise<{ readonly spawned: Supervisor; readonly link: Link }> {
    const before = current.link();
    const spawned = deps.start(program, generation + 1, before.hello?.workers);
    const standing = Promise.withResolvers<void>();
    const fail = (reason: string) => standing.reject(new MeshError("upgrade_failed", reason));
    const second = link.standBy(spawned.channel, (said) => {
      if (said.type === "standing") standing.resolve();
      if (said.type === "attachFailed") fail(said.reason);
      if (said.type === "hello" && said.protocol !== AGENT_PROTOCOL) {
        standing.reject(new MeshError("upgrade_protocol", stranger(said.version)));
      }
    });
    const late = clock.after(READY_WITHIN_MS, () => fail(`it was not ready within ${READY_WITHIN_MS / 1000} s`));
    void spawned.process.exited.then(() => {
      fail(`it ended before it was ready: ${deps.lastWords() ?? howEnded(spawned.process)}`);
      spawned.channel.close();
    });
    try {
      await standing.promise;
      if (current.link() !== before) throw new MeshError("upgrade_failed", "the agent that runs died meanwhile");
      return { spawned, link: second };
    } catch (thrown) {
      spawned.process.kill("SIGKILL");
      await spawned.process.exited;
      link.lost(second);
      throw thrown;
    } finally {
      late.cancel();
    }
  }

  async function upgrade({ program, graceMs }: UpgradeRequest, progress: (text: string) => void): Promise<Upgraded> {
    for (const path of [program.runtime, program.main]) {
      if (!existsSync(path)) throw new MeshError("upgrade_failed", `the sandbox of the project does not see ${path}`);
    }
    const old = current;
    const oldLink = old.link();
    if (!oldLink.leads) throw new MeshError("upgrade_failed", "the agent that runs is being started just now");
    const startMs = clock.monotonicMs();
    const next = await standBy(program);
    const [from, to] = [oldLink.hello?.version ?? "", next.link.hello?.version ?? ""];
    const readyMs = clock.monotonicMs() - startMs;
    generation++;
    link.handOver(next.link, graceMs);
    current = keep(program, next);
    deps.tell("info", `the agent was upgraded from ${from} to ${to}; the old one finishes what it has begun`);
    progress(`${to} leads after ${(readyMs / 1000).toFixed(1)} s; ${from} finishes what it has begun`);

    const ended = old.kept.retire();
    if (!(await within(graceMs + LAST_WORDS_MS, clock, ended))) {
      old.kept.stop();
      await ended;
    }
    link.lost(oldLink);
    const drainMs = clock.monotonicMs() - startMs - readyMs;
    return { from, to, readyMs: Math.round(readyMs), drainMs: Math.round(drainMs), cut: oldLink.cut };
  }

  return {
    async upgrade(request, progress) {
      if (isBusy) throw new MeshError("upgrade_busy", "one at a time");
      isBusy = true;
      try {
        return await upgrade(request, progress);
      } finally {
        isBusy = false;
      }
    },
    stop: () => current.kept.stop(),
  };
}

function stranger(version: string): string {
  return `${version} cannot talk to what runs, which is ${VERSION}`;
}
