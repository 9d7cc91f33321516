// The Compose file, when there is one: readable, and the ports it publishes are free.

import { MeshError } from "../../base/errors/index.ts";
import { readCompose } from "../../control/compose/read.ts";
import { checkObjectFiles } from "../../control/gateway/gather.ts";
import type { Project, PublishedPort } from "../../model/project.ts";
import type { Context } from "../context.ts";
import type { ProjectOptions } from "../options.ts";
import { composeFile, findRunning, projectEnvironment } from "../project.ts";
import { type Check, failure, type Group, ok, type Verdict } from "./types.ts";

/** No group when there is no Compose file here. */
export async function composeChecks(context: Context, options: ProjectOptions): Promise<Group | undefined> {
  let file: string;
  try {
    file = composeFile(context, options);
  } catch {
    return undefined;
  }
  const isRunning = (await findRunning(context, { ...options, file }).catch(() => undefined)) !== undefined;
  const read = attemptRead(context, options, file);
  if (!("project" in read))
    return { name: "compose", checks: [{ name: `${file} is sound`, look: () => read.verdict }] };
  const ports = read.project.services.flatMap(({ published }) => published).filter(({ hostPort }) => hostPort !== 0);
  const checks: Check[] = [{ name: `${file} is sound`, look: () => ok(`project ${read.project.name}`) }];
  // While it runs its ports are taken, by itself.
  if (!isRunning)
    checks.push(...ports.map((port) => ({ name: `port ${port.hostPort} is free`, look: () => isFree(port) })));
  return { name: "compose", checks };
}

function attemptRead(
  context: Context,
  options: ProjectOptions,
  file: string,
): { project: Project } | { verdict: Verdict } {
  try {
    const { project } = readCompose(file, projectEnvironment(context, options));
    checkObjectFiles(project, context.directory);
    return { project };
  } catch (thrown) {
    if (!(thrown instanceof MeshError)) throw thrown;
    return { verdict: failure(thrown.message, thrown.row.fix) };
  }
}

function isFree({ hostAddress, hostPort, service }: PublishedPort): Verdict {
  try {
    Bun.listen({ hostname: hostAddress, port: hostPort, exclusive: true, socket: { data() {} } }).stop(true);
    return ok(`${hostAddress}, for ${service}`);
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code ?? "it failed";
    if (code === "EACCES") {
      return failure(
        `${hostAddress}:${hostPort} needs a privilege`,
        `As root: sysctl -w net.ipv4.ip_unprivileged_port_start=${hostPort}; or publish a port from 1024 on.`,
      );
    }
    return failure(
      `${hostAddress}:${hostPort} for ${service}: ${code}`,
      `See who holds it with \`ss -ltnp sport = :${hostPort}\`, or publish another port.`,
    );
  }
}
