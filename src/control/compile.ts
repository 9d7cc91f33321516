// Project → MeshConfig, pure. What was given out stays given out: a service keeps its number, and so its address, over
// every change of the project and every restart, and a number is never used for another service, because spans name
// services by it.
import { MeshError } from "../base/errors/index.ts";
import { serviceAddress } from "../model/address.ts";
import type { PortProtocol, Project, PublishedPort } from "../model/project.ts";
import { NO_ROUTING } from "../model/route.ts";
import type { MeshConfig, PublishedListener, ServiceConfig } from "../model/snapshot.ts";

/** What must outlive the process, to be given to the next `compile`. */
export type Allocation = {
  /** of the last MeshConfig */
  readonly version: number;
  readonly services: Readonly<Record<string, number>>;
  /** by `publishedKey` */
  readonly published: Readonly<Record<string, number>>;
};

export const NOTHING_ALLOCATED: Allocation = { version: 0, services: {}, published: {} };

/** serviceAddress has 65,536 addresses, and 0 is the outside */
const LAST_SERVICE = 65_535;

/** The listeners' hostPort is as the project wants it: 0 until a socket has been opened. */
export function compile(project: Project, previous: Allocation): { config: MeshConfig; allocation: Allocation } {
  const services = numbered(
    previous.services,
    project.services.map((service) => service.name),
  );
  const wanted = project.services.flatMap((service) => service.published);
  const published = numbered(previous.published, wanted.map(publishedKey));
  const version = previous.version + 1;
  if (Object.values(services).some((key) => key > LAST_SERVICE)) throw new MeshError("project_too_large", project.name);
  return {
    config: {
      version,
      project: project.name,
      services: project.services.map(({ name, published }): ServiceConfig => {
        const key = services[name]!;
        return { key, name, namespace: project.name, address: serviceAddress(key), protocols: protocolsOf(published) };
      }),
      published: wanted.map((port): PublishedListener => {
        const { service, hostAddress, hostPort, targetPort, protocol } = port;
        const id = published[publishedKey(port)]!;
        return { id, hostAddress, hostPort, service, targetPort, ...(protocol ? { protocol } : {}) };
      }),
      egress: project.egress,
      routing: NO_ROUTING,
    },
    allocation: { version, services, published },
  };
}

/** The protocol is a part of it: a listener that is to be read otherwise is another listener. */
function publishedKey({ hostAddress, hostPort, service, targetPort, protocol }: PublishedPort): string {
  return `${hostAddress}|${hostPort}|${service}|${targetPort}|${protocol ?? ""}`;
}

function numbered(previous: Readonly<Record<string, number>>, names: readonly string[]): Record<string, number> {
  const numbers = new Map(Object.entries(previous));
  let last = Math.max(0, ...numbers.values());
  for (const name of names) if (!numbers.has(name)) numbers.set(name, ++last);
  return Object.fromEntries(numbers);
}

function protocolsOf(published: readonly PublishedPort[]): Record<number, PortProtocol> {
  const declared = published.flatMap(({ targetPort, protocol }) => (protocol ? [[targetPort, protocol]] : []));
  return Object.fromEntries(declared);
}
