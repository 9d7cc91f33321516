// The mesh as a user has it, with a service for each kind of trouble, asked through published ports.
import type { HostState } from "../../src/api/host-types.ts";
import type { LedgerAnswer } from "../../src/api/types.ts";
import { ALL_CORES, runPinned, start } from "../support/children.ts";

export type LedgerService = {
  readonly limits?: Readonly<Record<string, number | string>>;
  /** where it is published */
  readonly address?: string;
  /** what comes before the command of its callers */
  readonly callers?: readonly string[];
};

export type LedgerMesh = {
  /** requests of one service, at a steady rate; resolves with their mean time in ms, rejects when one fails */
  load(service: string, path: string, of: { readonly atOnce: number; readonly seconds: number }): Promise<number>;
  ledger(service: string, fromMs: number, toMs: number): Promise<LedgerAnswer>;
  readonly project: string;
  readonly stateHome: string;
  stop(): Promise<void>;
};

const MESHWISE = new URL("../../bin/meshwise", import.meta.url).pathname;
const WORKLOAD = new URL("workload.ts", import.meta.url).pathname;
const CALLER = new URL("caller.ts", import.meta.url).pathname;
const PROJECT = "ledger-bench";
const HERE = "127.0.0.1";
const UP_WITHIN_MS = 120_000;
const LOOK_MS = 500;

export async function startLedgerMesh(
  directory: string,
  services: Readonly<Record<string, LedgerService>>,
): Promise<LedgerMesh> {
  const environment = { MESHWISE_STATE_DIR: `${directory}/state`, MESHWISE_API_PORT: "0", MESHWISE_WORKERS: "1" };
  await Bun.write(`${directory}/compose.yaml`, composeFile(directory, services));
  const ask = async (...words: readonly string[]) =>
    JSON.parse(await runPinned(ALL_CORES, [MESHWISE, ...words, "-o", "json"], { directory, environment }));
  const state = (): Promise<HostState> => ask("ps");
  const up = start([MESHWISE, "up"], { log: `${directory}/up.log`, directory, environment });
  const ports = await published(state, Object.keys(services).length);
  const urlOf = (service: string, path: string) =>
    `http://${services[service]?.address ?? HERE}:${ports.get(service)}${path}`;
  await Promise.all([...ports.keys()].map((service) => answered(urlOf(service, "/sleep/0"))));
  return {
    project: PROJECT,
    stateHome: environment.MESHWISE_STATE_DIR,
    async load(service, path, { atOnce, seconds }) {
      const caller = [process.execPath, CALLER, urlOf(service, path), String(atOnce), String(seconds)];
      return Number(await runPinned(ALL_CORES, [...(services[service]?.callers ?? []), ...caller]));
    },
    ledger: (service, fromMs, toMs) =>
      ask("ledger", service, "--from", new Date(fromMs).toISOString(), "--to", new Date(toMs).toISOString()),
    async stop() {
      await up.stop();
    },
  };
}

async function published(state: () => Promise<HostState>, count: number): Promise<ReadonlyMap<string, number>> {
  const deadline = performance.now() + UP_WITHIN_MS;
  for (;;) {
    const now = await state().catch(() => undefined);
    const isUp = now?.workloads.length === count && now.workloads.every((one) => one.state === "running");
    if (isUp && now.published.length === count) {
      return new Map(now.published.map(({ service, hostPort }) => [service ?? "", hostPort]));
    }
    if (performance.now() > deadline) throw new Error("the mesh did not come up");
    await Bun.sleep(LOOK_MS);
  }
}

/** A process that runs does not listen yet. */
async function answered(url: string): Promise<void> {
  const deadline = performance.now() + UP_WITHIN_MS;
  while (!(await fetch(url).catch(() => undefined))?.ok) {
    if (performance.now() > deadline) throw new Error(`${url} does not answer`);
    await Bun.sleep(LOOK_MS);
  }
}

function composeFile(directory: string, services: Readonly<Record<string, LedgerService>>): string {
  const command = [process.execPath, WORKLOAD];
  const all = Object.entries(services).map(([name, { limits, address = HERE }]) => [
    name,
    { command, ports: [`${address}::8080`], environment: { FOLDER: directory }, ...limits },
  ]);
  return JSON.stringify({ name: PROJECT, services: Object.fromEntries(all) });
}
