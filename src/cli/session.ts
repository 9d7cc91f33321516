// A project that a command is bringing up: what Ctrl-C does to it depends on whether this command started it.
import { readFileSync } from "node:fs";
import { MeshError } from "../base/errors/index.ts";
import { tell } from "./apply.ts";
import type { HostClient } from "./client/host.ts";
import { type Context, say } from "./context.ts";
import { exitCodeOf, type StopSignal } from "./signals.ts";
import type { StartedHost } from "./start-host.ts";

export type Session = {
  readonly client: HostClient;
  readonly pid: number;
  /** absent when the project ran before us: then we leave it as it is */
  readonly host?: StartedHost;
};

/** what a host gets to be gone once it said it is done, or once it failed */
const GONE_WITHIN_MS = 10_000;
/** what the second Ctrl-C gives it to clean up after itself, before the kernel does it */
const AT_ONCE_MS = 2000;
const LOOK_EVERY_MS = 20;

/** Does `work`; a signal meanwhile stops what we started, or leaves what ran before. */
export async function untilSignal(
  context: Context,
  session: Session,
  work: (interrupted: AbortSignal) => Promise<number>,
): Promise<number> {
  const { host } = session;
  const first = Promise.withResolvers<StopSignal>();
  const interrupted = new AbortController();
  const release = context.signals.take((signal) => {
    if (interrupted.signal.aborted && host) void atOnce(context, host, signal);
    interrupted.abort();
    first.resolve(signal);
  });
  try {
    const result = await Promise.race([work(interrupted.signal), first.promise]);
    if (typeof result === "number") return result;
    if (host) await stop(context, session);
    else await say(context, "The project runs on; `meshwise down` stops it.");
    return exitCodeOf(result);
  } catch (thrown) {
    if (host) await passed(context, host, thrown);
    throw thrown;
  } finally {
    release();
  }
}

/** A host that could not do the first thing it was asked ends by itself; one that fell silent may have ended before. */
async function passed(context: Context, host: StartedHost, thrown: unknown): Promise<void> {
  const isSilent = thrown instanceof MeshError && thrown.code === "host_silent";
  const code = await Promise.race([host.exited, context.clock.sleep(GONE_WITHIN_MS)]);
  if (isSilent && code !== undefined) await host.outcome();
}

export async function stop(context: Context, { client, pid }: Session): Promise<void> {
  const state = await client.state().catch(() => undefined);
  const live = state?.workloads.filter((one) => one.state !== "exited" && one.state !== "failed").map(({ id }) => id);
  await say(context, `Stopping ${live?.join(", ") || "the mesh"} (Ctrl-C: at once)`);
  await stopProject(context, client, pid);
}

/** Stops the project and waits until its host is gone. @param pid of the host */
export async function stopProject(context: Context, client: HostClient, pid: number): Promise<void> {
  await tell(context, client.down());
  const until = context.clock.monotonicMs() + GONE_WITHIN_MS;
  while (isAlive(pid)) {
    if (context.clock.monotonicMs() > until) throw new MeshError("host_silent", `process ${pid} has not ended`);
    await context.clock.sleep(LOOK_EVERY_MS);
  }
}

async function atOnce(context: Context, host: StartedHost, signal: StopSignal): Promise<void> {
  await say(context, "Stopping at once.");
  host.kill("SIGTERM");
  host.kill("SIGTERM");
  await Promise.race([host.exited, context.clock.sleep(AT_ONCE_MS)]);
  host.kill("SIGKILL");
  await host.exited;
  process.exit(exitCodeOf(signal));
}

/** A zombie is gone: its parent just has not looked. */
function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat[stat.lastIndexOf(")") + 2] !== "Z";
  } catch {
    return false;
  }
}
