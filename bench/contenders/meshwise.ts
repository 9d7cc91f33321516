// Our data plane as a process of its own (http1/proxy.ts) and beside it what its supervisor does for spans (http1/collect.ts):
// the CPU time of both counts. How it is set up is in snapshot.ts.
import { truncateSync, writeFileSync } from "node:fs";
import { RING_ROWS } from "../../src/agent/shared-memory.ts";
import { WORKER_ENGINE } from "../../src/agent/supervisor/worker-command.ts";
import { ringSize } from "../../src/model/span-ring.ts";
import { startPinned, temporaryFolder } from "../support/children.ts";
import type { Contender } from "./contender.ts";
import type { Setup } from "./snapshot.ts";

export type Spans = { readonly spans: number; readonly lost: number };

const PROXY = new URL("../http1/proxy.ts", import.meta.url).pathname;
const COLLECT = new URL("../http1/collect.ts", import.meta.url).pathname;
/** instead of a ring's file */
const NO_RING = "none";
/** a tmpfs, as the agent has one: pages of a disk's file are written back now and then */
const MEMORY = "/dev/shm";

export function meshwise(setup: Setup, name = "meshwise"): Contender {
  return {
    name,
    label: () => "meshwise",
    isCompiledLate: true,
    async start({ core, backendPort }) {
      const ring = `${temporaryFolder(MEMORY)}/spans`;
      writeFileSync(ring, "");
      truncateSync(ring, ringSize(RING_ROWS));
      const collector = startPinned(core, [process.execPath, COLLECT, ring]);
      const proxy = startPinned(core, [process.execPath, PROXY, String(backendPort), setup, ring], {
        environment: WORKER_ENGINE,
      });
      return { children: [proxy, collector], port: Number(await proxy.readLine()) };
    },
  };
}

/** The same proxy, of which nothing is recorded: its ring takes no span, so that nothing is collected either. */
export function unrecorded(setup: Setup): Contender {
  return {
    name: "unrecorded",
    label: () => "meshwise without spans",
    isCompiledLate: true,
    async start({ core, backendPort }) {
      const proxy = startPinned(core, [process.execPath, PROXY, String(backendPort), setup, NO_RING], {
        environment: WORKER_ENGINE,
      });
      return { children: [proxy], port: Number(await proxy.readLine()) };
    },
  };
}

/** What the collector says at its end. Throws when it wrote no span: then something else was compared. */
export function readSpans(output: string): Spans {
  const told = JSON.parse(output) as Spans;
  if (!(told.spans > 0)) throw new Error("the proxy wrote no span: this would be a comparison of something else");
  return told;
}
