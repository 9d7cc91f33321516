// How a failure reaches the person: what happened, to what, what to do. No stack unless MESHWISE_DEBUG asks for it.
import { asMeshError, MeshError } from "../base/errors/index.ts";
import type { Context } from "./context.ts";
import { tint } from "./output/colour.ts";

/** A failure that another process of ours has already put in words for the user, such as mistakes in a Compose file. */
export class Told extends Error {}

/** cells; a longer sentence has its fix on a line of its own */
const LINE = 110;

export async function report(thrown: unknown, context: Pick<Context, "err" | "environment">): Promise<void> {
  const text = thrown instanceof Told ? thrown.message : sentence(asMeshError(thrown, "command_failed"));
  await context.err.write(`${tint("error:", "bad", context.err.colour)} ${text}\n`);
  if (context.environment.MESHWISE_DEBUG) await context.err.write(`${trace(thrown)}\n`);
}

function sentence(error: MeshError): string {
  const what = `${error.row.means}: ${error.message}`.replace(/[.\s]*$/, ".");
  const isShort = !what.includes("\n") && what.length + error.row.fix.length < LINE;
  return `${what}${isShort ? " " : "\n"}${error.row.fix}`;
}

function trace(thrown: unknown): string {
  const stacks: string[] = [];
  for (let at: unknown = thrown; at instanceof Error; at = at.cause) {
    const code = at instanceof MeshError ? ` [${at.code}]` : "";
    stacks.push(`${stacks.length ? "caused by " : ""}${at.stack ?? at.message}${code}`);
  }
  return stacks.join("\n") || String(thrown);
}
