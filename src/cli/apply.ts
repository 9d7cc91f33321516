// Progress of what the host does for us, told while it happens: bringing a project up, stopping it.
import { existsSync } from "node:fs";
import type { ApplyEvent } from "../api/host-types.ts";
import { MeshError } from "../base/errors/index.ts";
import type { HostClient } from "./client/host.ts";
import { type Context, say } from "./context.ts";
import { Told } from "./failure.ts";
import { tint } from "./output/colour.ts";

/** how long a host that said it is done may take to be gone */
const GONE_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 20;

/** Tells each event once (a wait repeats itself each second); ends after `done`, throws what `error` says. */
export async function tell(context: Context, events: AsyncIterable<ApplyEvent>): Promise<void> {
  let last = "";
  for await (const { type, text, ...event } of events) {
    if (type === "error") throw new Told(text || ("code" in event ? String(event.code) : "unknown"));
    if (text !== last)
      await say(context, type === "warning" ? `${tint("warning:", "warning", context.err.colour)} ${text}` : text);
    last = text;
    if (type === "done") return;
  }
  throw new MeshError("host_silent", "it ended in the middle of its work");
}

/** Stops the project and waits until its host is gone. @param pid of the host */
export async function stopProject(context: Context, client: HostClient, pid: number): Promise<void> {
  await tell(context, client.down());
  const until = context.clock.monotonicMs() + GONE_WITHIN_MS;
  while (existsSync(`/proc/${pid}`) && existsSync(client.socket)) {
    if (context.clock.monotonicMs() > until) throw new MeshError("host_silent", `process ${pid} has not ended`);
    await context.clock.sleep(LOOK_EVERY_MS);
  }
}
