// Starts hosts as the CLI does, each with a project and a state directory of its own, and cleans up after them.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApplyEvent, HostReport, HostState, LogLine } from "../../../src/api/host-types.ts";
import { type StateDirectory, stateDirectory } from "../../../src/model/state-directory.ts";

export type Started = {
  readonly process: Bun.Subprocess<"pipe" | "ignore", "pipe", "inherit">;
  readonly report: HostReport;
  readonly state: StateDirectory;
  readonly file: string;
};

export type TestHome = {
  readonly folder: string;
  /** writes the Compose file of a project and returns its path */
  compose(name: string, services: string): string;
  start(
    file: string,
    options?: { followParent?: boolean; stateHome?: string; prefix?: readonly string[]; main?: string },
  ): Promise<Started>;
  remove(): void;
};

export function testHome(): TestHome {
  const folder = mkdtempSync(join(tmpdir(), "meshwise-host-"));
  const started: Started[] = [];
  return {
    folder,
    compose(name, services) {
      const directory = join(folder, "projects", name);
      mkdirSync(directory, { recursive: true });
      const file = join(directory, "compose.yaml");
      writeFileSync(file, `services:\n${services.replace(/^/gm, "  ")}\n`);
      return file;
    },
    async start(file, { followParent = false, stateHome = join(folder, "state"), prefix = [], main } = {}) {
      const name = file.split("/").at(-2) ?? "";
      const state = stateDirectory(name, { MESHWISE_STATE_DIR: stateHome });
      const program = main ?? join(import.meta.dirname, "host-with-fakes.ts");
      const args = ["--file", file, "--state", state.root, ...(followParent ? ["--follow-parent"] : [])];
      const child = Bun.spawn([...prefix, process.execPath, program, ...args], {
        stdio: [followParent ? "pipe" : "ignore", "pipe", "inherit"],
        detached: true,
      });
      const one = { process: child, report: await firstLine(child.stdout), state, file };
      started.push(one);
      return one;
    },
    remove() {
      for (const { process } of started) process.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function firstLine(output: ReadableStream<Uint8Array>): Promise<HostReport> {
  let text = "";
  for await (const chunk of output) {
    text += new TextDecoder().decode(chunk);
    if (text.includes("\n")) break;
  }
  return JSON.parse(text);
}

export function ask({ state }: Started, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`http://host${path}`, { ...init, unix: state.hostSocket } as RequestInit);
}

export async function stateOf(host: Started): Promise<HostState> {
  return (await ask(host, "/state")).json() as Promise<HostState>;
}

export async function apply(
  host: Started,
  environment: Record<string, string> = {},
  composeFile = host.file,
): Promise<ApplyEvent[]> {
  return lines(await ask(host, "/apply", { method: "POST", body: JSON.stringify({ composeFile, environment }) }));
}

export async function down(host: Started): Promise<ApplyEvent[]> {
  return lines(await ask(host, "/down", { method: "POST" }));
}

export async function logsOf(host: Started, query = ""): Promise<LogLine[]> {
  return lines(await ask(host, `/logs?${query}`));
}

export async function lines<Row>(response: Response): Promise<Row[]> {
  const text = await response.text();
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** processes of this machine whose arguments name the folder: what a host has left behind, or still runs */
export function processesOf(folder: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder) ||
          readFileSync(`/proc/${pid}/environ`, "utf8").includes(folder)
        );
      } catch {
        return false;
      }
    })
    .map(Number);
}
