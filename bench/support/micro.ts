// Runs a program of bench/micro in a process of its own, on the core of the proxies.
import { PROXY_CORE } from "../contenders/contender.ts";
import { runPinned } from "./children.ts";

/** @template T what each of its lines says */
export async function runMicro<T>(name: string): Promise<readonly T[]> {
  const program = new URL(`../micro/${name}.ts`, import.meta.url).pathname;
  const output = await runPinned(PROXY_CORE, [process.execPath, program, "--json"]);
  return output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as T);
}
