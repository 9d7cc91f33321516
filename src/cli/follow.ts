// What `up` shows once the project comes up: where it can be reached, what its workloads say, that they have ended.
import type { PortProtocol, Project } from "../model/project.ts";
import type { WorkloadStatus } from "../model/workload.ts";
import type { HostClient } from "./client/host.ts";
import { type Context, say } from "./context.ts";
import { logPrinter } from "./log-printer.ts";

const LOOK_EVERY_MS = 1000;
/** more than a workload says before the host has opened its log */
const MISSED_LINES = 1000;

/**
 * What is said from now on; ends when the project does. By time and not by place in the logs, because the host may open
 * them a moment after the first line of a workload that was started meanwhile.
 * @param names of workloads known so far
 */
export async function followLogs(context: Context, client: HostClient, names: readonly string[]): Promise<void> {
  const print = logPrinter(context, "table", names);
  const sinceUs = context.clock.nowUs();
  for await (const line of client.logs({ services: [], tail: MISSED_LINES, follow: true })) {
    if (line.timeUs >= sinceUs) await print(line);
  }
}

/** @param project says which of the ports are known not to speak HTTP */
export async function sayPublished(context: Context, client: HostClient, project: Project): Promise<void> {
  const { published, gateways } = await client.state();
  const ports = project.services.flatMap((service) => service.published);
  for (const { service, targetPort, hostAddress, hostPort } of published) {
    const declared = ports.find((port) => port.service === service && port.targetPort === targetPort);
    await say(context, `${service}:${targetPort} is at ${placeOf(hostAddress, hostPort, declared?.protocol)}`);
  }
  for (const { gateway, hostAddress, hostPort, protocol } of gateways) {
    await say(context, `gateway ${gateway} is at ${placeOf(hostAddress, hostPort, protocol)}`);
  }
}

function placeOf(hostAddress: string, port: number, protocol: PortProtocol | undefined): string {
  const address = hostAddress === "0.0.0.0" || hostAddress === "::" ? "localhost" : hostAddress;
  const place = `${address.includes(":") ? `[${address}]` : address}:${port}`;
  return protocol === "tcp" ? place : `http://${place}/`;
}

/** Resolves when no workload is left that runs or will run: 0 when all ended well, else 1; undefined: ask no more. */
export async function ended(
  context: Context,
  client: HostClient,
  interrupted: AbortSignal,
): Promise<number | undefined> {
  while (!interrupted.aborted) {
    const state = await client.state().catch(() => undefined);
    if (!state) return undefined;
    if (state.workloads.length > 0 && state.workloads.every(hasEnded)) {
      await say(context, "Every workload has ended.");
      return state.workloads.every((one) => one.state === "exited" && one.exitCode === 0) ? 0 : 1;
    }
    await context.clock.sleep(LOOK_EVERY_MS);
  }
  return undefined;
}

function hasEnded({ state }: WorkloadStatus): boolean {
  return state === "exited" || state === "failed";
}
