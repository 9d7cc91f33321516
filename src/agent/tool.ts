// Runs a program of the system, such as ip and nft, with text as input.
import { delimiter } from "node:path";
import { MeshError } from "../base/errors/index.ts";
import { programFolders } from "../sys/programs.ts";

/** Resolves with what it wrote; fails with its complaint when it fails. */
export async function runTool(command: readonly string[], input = ""): Promise<string> {
  const child = Bun.spawn([...command], {
    stdio: [new TextEncoder().encode(input), "pipe", "pipe"],
    env: { PATH: programFolders(process.env.PATH).join(delimiter), LC_ALL: "C" },
  });
  const [output, complaint, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code === 0) return output;
  throw new MeshError("tool_failed", `${command.join(" ")}: ${complaint.trim() || `exit code ${code}`}`);
}
