// Looks at the machine: files of the kernel, programs, and trying things out in namespaces that vanish with the trial.
import { readFileSync } from "node:fs";
import { delimiter } from "node:path";
import { findProgram, programFolders } from "../../sys/programs.ts";

export type Machine = {
  /** trimmed content, undefined when it cannot be read */
  read(path: string): string | undefined;
  /** absolute path of a program, undefined when there is none */
  find(program: string): string | undefined;
  /** runs a program to its end; a missing one is a failure like any other */
  attempt(command: readonly string[], input?: string): Promise<Attempt>;
  readonly isRoot: boolean;
};

export type Attempt = {
  readonly isOk: boolean;
  readonly output: string /** last line of what it complained */;
  readonly complaint: string;
};

const ATTEMPT_WITHIN_MS = 10_000;

export function thisMachine(environment: Readonly<Record<string, string | undefined>>): Machine {
  const folders = programFolders(environment.PATH);
  const find = (program: string) => findProgram(program, folders);
  return {
    read(path) {
      try {
        return readFileSync(path, "utf8").trim();
      } catch {
        return undefined;
      }
    },
    find,
    async attempt([program = "", ...args], input = "") {
      const path = find(program);
      if (!path) return { isOk: false, output: "", complaint: `${program} is not installed` };
      const child = Bun.spawn([path, ...args], {
        stdin: new Blob([input]),
        stdout: "pipe",
        stderr: "pipe",
        timeout: ATTEMPT_WITHIN_MS,
        env: { ...environment, PATH: folders.join(delimiter), LC_ALL: "C" },
      });
      const [output, errors, code] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ]);
      const complaint = errors.trim().split("\n").at(-1) || `it ended with ${child.signalCode ?? `code ${code}`}`;
      return { isOk: code === 0, output, complaint };
    },
    isRoot: process.getuid?.() === 0,
  };
}
