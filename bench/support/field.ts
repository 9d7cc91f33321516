// Who takes part in a section: the contenders, started in front of one backend, each on the proxies' core.
import { cpus } from "node:os";
import { type Contender, LOAD_CORE, PROXY_CORE, type Started } from "../contenders/contender.ts";
import { readSpans, type Spans } from "../contenders/meshwise.ts";
import type { SuiteOptions } from "../suite.ts";
import { startPinned, temporaryFolder } from "./children.ts";
import { compile, needPrograms } from "./tools.ts";

export type Runner<C extends Contender = Contender> = Started & { readonly contender: C; readonly name: string };

export type Field<C extends Contender> = {
  readonly folder: string;
  readonly backendPid: number;
  readonly runners: readonly Runner<C>[];
  /** Ends all of them. Resolves with what is said of the spans of our proxies that record any, in the order of the contenders;
   *  throws when one wrote none. */
  stop(): Promise<readonly Spans[]>;
};

const PROGRAMS = {
  haproxy: ["haproxy"],
  nginx: ["nginx"],
  wrk: ["wrk"],
  openssl: ["openssl"],
  cc: ["gcc", "libc6-dev"],
};

/** A folder for the section, once this machine has what it needs. */
export async function prepare(say: SuiteOptions["say"]): Promise<string> {
  if (cpus().length < 2) throw new Error("two cores are needed: one for the proxy, one for the load");
  await needPrograms(PROGRAMS, say);
  return temporaryFolder();
}

/** @param backend a program of bench/programs that prints its port */
export async function startField<C extends Contender>(
  contenders: readonly C[],
  backend: "backend" | "bulk",
  say: SuiteOptions["say"],
): Promise<Field<C>> {
  const folder = await prepare(say);
  const server = startPinned(LOAD_CORE, [compile(backend, folder)]);
  const backendPort = Number(await server.readLine());
  const runners: Runner<C>[] = [];
  for (const contender of contenders) {
    const started = await contender.start({ folder, core: PROXY_CORE, backendPort });
    runners.push({ ...started, contender, name: contender.name });
  }
  return {
    folder,
    backendPid: server.pid,
    runners,
    async stop() {
      const ours = runners.filter(({ contender }) => contender.isCompiledLate);
      await Promise.all(ours.map(({ children }) => children[0]!.stop()));
      const told = await Promise.all(ours.flatMap(({ children: [, collector] }) => collector?.stop() ?? []));
      return told.map(readSpans);
    },
  };
}
