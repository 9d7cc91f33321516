// Progress of what the host does for us, told while it happens: bringing a project up, stopping it.
import type { ApplyEvent } from "../api/host-types.ts";
import { MeshError } from "../base/errors/index.ts";
import { type Context, say } from "./context.ts";
import { Told } from "./failure.ts";
import { tint } from "./output/colour.ts";

type Done<Event> = Extract<Event, { readonly type: "done" }>;

/** Tells each event once (a wait repeats itself each second); ends with `done`, throws what `error` says. */
export async function tell<Event extends ApplyEvent>(
  context: Context,
  events: AsyncIterable<Event>,
): Promise<Done<Event>> {
  let last = "";
  for await (const event of events) {
    const { type, text } = event;
    if (type === "error") throw new Told(text);
    const label = type === "warning" ? `${tint("warning:", "warning", context.err.colour)} ` : "";
    if (text !== last) await say(context, label + text);
    last = text;
    if (type === "done") return event as Done<Event>;
  }
  throw new MeshError("host_silent", "it ended in the middle of its work");
}
