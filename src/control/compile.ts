// Project and objects → MeshConfig, pure. What was given out stays given out: a service keeps its number, and so its
// address, over every change of the project and every restart, and a number is never used for another service, because
// spans name services by it.
import { MeshError } from "../base/errors/index.ts";
import { serviceAddress } from "../model/address.ts";
import type { PortProtocol, Project, PublishedPort } from "../model/project.ts";
import type { MeshConfig, PublishedListener, ServiceConfig } from "../model/snapshot.ts";
import {
  compileRouting,
  type Findings,
  NO_ROUTING_ALLOCATED,
  type RoutingAllocation,
  socketKey,
} from "./gateway/compile.ts";
import type { WantedSocket } from "./gateway/listeners.ts";
import type { MeshObject } from "./gateway/object.ts";
import { numbered } from "./numbers.ts";

/** What must outlive the process, to be given to the next `compile`. */
export type Allocation = {
  /** of the last MeshConfig */
  readonly version: number;
  readonly services: Readonly<Record<string, number>>;
  /** by `publishedKey`, and by `socketKey` those of gateways */
  readonly published: Readonly<Record<string, number>>;
  readonly routing: RoutingAllocation;
};

export const NOTHING_ALLOCATED: Allocation = {
  version: 0,
  services: {},
  published: {},
  routing: NO_ROUTING_ALLOCATED,
};

/** serviceAddress has 65,536 addresses, and 0 is the outside */
const LAST_SERVICE = 65_535;

export type Compiled = {
  /** the listeners' hostPort is as the project wants it: 0 until a socket has been opened */
  readonly config: MeshConfig;
  readonly findings: Findings;
  readonly allocation: Allocation;
};

export function compile(
  project: Project,
  objects: readonly MeshObject[],
  previous: Allocation,
  nowUs: number,
): Compiled {
  const services = numbered(
    previous.services,
    project.services.map((service) => service.name),
  );
  const wanted = project.services.flatMap((service) => service.published);
  let published = numbered(previous.published, wanted.map(publishedKey));
  const version = previous.version + 1;
  if (Object.values(services).some((key) => key > LAST_SERVICE)) throw new MeshError("project_too_large", project.name);
  const { routing, sockets, findings, allocation } = compileRouting({
    objects,
    world: {
      namespace: project.name,
      services: new Set(project.services.map(({ name }) => name)),
      taken: wanted,
    },
    previous: previous.routing,
    nowUs,
    socketIds(needed) {
      published = numbered(published, needed.map(socketKey));
      return new Map(needed.map((socket) => [socket, published[socketKey(socket)] ?? 0]));
    },
  });
  return {
    config: {
      version,
      project: project.name,
      services: project.services.map(({ name, published, routes }): ServiceConfig => {
        const key = services[name]!;
        return {
          ...{ key, name, namespace: project.name, address: serviceAddress(key), protocols: protocolsOf(published) },
          ...(routes && { routes }),
        };
      }),
      published: [
        ...wanted.map((port): PublishedListener => {
          const { service, hostAddress, hostPort, targetPort, protocol } = port;
          const id = published[publishedKey(port)]!;
          return { id, hostAddress, hostPort, service, targetPort, ...(protocol ? { protocol } : {}) };
        }),
        ...sockets.map((socket: WantedSocket): PublishedListener => ({ id: published[socketKey(socket)]!, ...socket })),
      ],
      egress: project.egress,
      routing,
    },
    findings,
    allocation: { version, services, published, routing: allocation },
  };
}

/** The protocol is a part of it: a listener that is to be read otherwise is another listener. */
function publishedKey({ hostAddress, hostPort, service, targetPort, protocol }: PublishedPort): string {
  return `${hostAddress}|${hostPort}|${service}|${targetPort}|${protocol ?? ""}`;
}

function protocolsOf(published: readonly PublishedPort[]): Record<number, PortProtocol> {
  const declared = published.flatMap(({ targetPort, protocol }) => (protocol ? [[targetPort, protocol]] : []));
  return Object.fromEntries(declared);
}
