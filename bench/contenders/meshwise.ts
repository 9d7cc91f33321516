// Our data plane as one process, see http1/proxy.ts; how it is set up is in snapshot.ts.
import { startPinned } from "../support/children.ts";
import type { Contender } from "./contender.ts";
import type { Setup } from "./snapshot.ts";

export type Spans = { readonly spans: number; readonly lost: number };

export function meshwise(setup: Setup, name = "meshwise"): Contender {
  return {
    name,
    label: () => "meshwise",
    isCompiledLate: true,
    async start({ core, backendPort }) {
      const program = new URL("../http1/proxy.ts", import.meta.url).pathname;
      const child = startPinned(core, [process.execPath, program, String(backendPort), setup]);
      return { children: [child], port: Number(await child.readLine()) };
    },
  };
}

/** What it says at its end. Throws when it wrote no span: then something else was compared. */
export function readSpans(output: string): Spans {
  const told = JSON.parse(output) as Spans;
  if (!(told.spans > 0)) throw new Error("the proxy wrote no span: this would be a comparison of something else");
  return told;
}
