// A data plane on loopback: real sockets on both sides, endpoints dialled directly, spans read back. The "virtual address"
// of a service is the loopback address that its caller dials, so no namespace is needed.
import { systemClock } from "../../src/base/clock.ts";
import { ERROR_CODES, type ErrorCode } from "../../src/base/errors/index.ts";
import { seededRandom } from "../../src/base/random.ts";
import { ownPage, type TrafficPage } from "../../src/model/page/page.ts";
import type { PortProtocol } from "../../src/model/project.ts";
import { NO_ROUTING, type Routing } from "../../src/model/route.ts";
import { type Endpoint, type PublishedListener, pack, type Snapshot } from "../../src/model/snapshot.ts";
import { ABSENT, FLAG, SPAN_COLUMNS, type Span, type SpanColumn } from "../../src/model/span.ts";
import { ringSize, spanReader, spanWriter } from "../../src/model/span-ring.ts";
import { DEFAULT_POLICY, type PolicyPatch, withPatch } from "../../src/model/traffic-policy.ts";
import { type Pages, splitPages } from "../../src/model/visit.ts";
import type { WorkloadIdentity } from "../../src/model/workload.ts";
import { createProxy } from "../../src/proxy/proxy.ts";
import { systemSockets } from "../../src/proxy/sockets.ts";
import type { Proxy as DataPlane, DialResult, ProxyDeps } from "../../src/proxy/types.ts";
import { dialTcp, listenTcp, localAddress } from "../../src/sys/socket.ts";
import { eventually } from "./eventually.ts";

export type TestSpan = Span & { errorCode: ErrorCode | undefined; pages: Pages };

export const CALLER = 7;
const ROWS = 1024;

export type Mesh = {
  readonly proxy: DataPlane;
  /** port on 127.0.0.1 at which the caller's outgoing connections are "captured" */
  readonly port: number;
  /** the port of the published listener of the service `app` */
  readonly published: number;
  /** the port of the gateway's socket */
  readonly gate: number;
  /** waits for `count` spans since the last call, oldest first; tries that were followed by another one do not count */
  spans(count: number): Promise<readonly TestSpan[]>;
  /** what `spans` left out, so far, oldest first */
  readonly attempts: readonly TestSpan[];
  readonly refused: Array<{ key: number; port: number }>;
  /** open connections carried to each workload */
  readonly counts: Map<number, number>;
  readonly dialled: number[];
  swap(change: Partial<Snapshot>): void;
  snapshot(): Snapshot;
  readonly page: TrafficPage;
  /** what the shared page takes for the time */
  hostMs(): number;
  /** another policy for the service `app` */
  setPolicy(patch: PolicyPatch): void;
  stop(): Promise<void>;
};

export type MeshOptions = {
  /** ports on 127.0.0.1 where the instances of the service `app` listen; instance n has the key 100 + n */
  readonly instances?: readonly number[];
  /** where the instances are; the caller is then in zone `a` */
  readonly zones?: readonly (string | undefined)[];
  readonly protocol?: PortProtocol;
  readonly deps?: Partial<ProxyDeps>;
  /** instead of to a service, the captured address leads to the outside, where this port answers */
  readonly egressTo?: number;
  readonly egressAllowed?: boolean;
  /** the service's port, where two meshes are to be two workers of one: call them at `published` */
  readonly port?: number | undefined;
  /** of the service `app`, laid over the default */
  readonly policy?: PolicyPatch;
  /** more services, on port 80: where their instances listen; the nth of the mth has the key 200 + 100 · m + n */
  readonly others?: Readonly<Record<string, readonly number[]>>;
  readonly routing?: Partial<Routing>;
};

/** PublishedListener.id of the socket of the gateway `test/gate` */
export const GATE = 2;

/** The service `app`, called by the workload with key 7. */
export async function testMesh(options: MeshOptions = {}): Promise<Mesh> {
  const { instances = [], protocol, egressTo } = options;
  const caller = identity(CALLER, "caller", options.zones && "a");
  const others = Object.entries(options.others ?? {}).flatMap(([service, ports], m) =>
    ports.map((port, n) => ({ key: 200 + 100 * m + n, service, port })),
  );
  const portOf = (key: number) => others.find((one) => one.key === key)?.port ?? instances[key - 100] ?? 0;
  const ring = new Uint8Array(ringSize(ROWS));
  const reader = spanReader(ring, ROWS);
  const refused: Mesh["refused"] = [];
  const counts: Mesh["counts"] = new Map();
  const dialled: number[] = [];
  const attempts: TestSpan[] = [];
  const page = options.deps?.page ?? ownPage();
  const clock = options.deps?.clock ?? systemClock;
  const proxy = createProxy({
    clock: systemClock,
    random: seededRandom(1),
    sockets: systemSockets,
    spans: spanWriter(ring, ROWS),
    page,
    hostOffsetMs: 0,
    count: (key, change) => counts.set(key, (counts.get(key) ?? 0) + change),
    refused: (key, port) => refused.push({ key, port }),
    dial(target, done) {
      const port = target.type === "egress" ? (egressTo ?? 0) : portOf(target.key);
      dialled.push(port);
      let result: DialResult;
      try {
        result = { ok: true, fd: dialTcp("127.0.0.1", port) };
      } catch (error) {
        result = { ok: false, error: "refused", detail: String(error) };
      }
      queueMicrotask(() => done(result));
    },
    ...options.deps,
  });

  const captured = listenTcp("127.0.0.1", 0);
  const { port } = localAddress(captured);
  const servicePort = options.port ?? port;
  const outside = listenTcp("127.0.0.1", 0);
  const published = localAddress(outside).port;
  const listener: PublishedListener = {
    id: 1,
    hostAddress: "127.0.0.1",
    hostPort: published,
    service: "app",
    targetPort: servicePort,
  };
  const gateSocket = listenTcp("127.0.0.1", 0);
  const gate = localAddress(gateSocket).port;
  const gateway: PublishedListener = { id: GATE, hostAddress: "127.0.0.1", hostPort: gate, gateway: "test/gate" };
  let snapshot: Snapshot = {
    version: 1,
    project: "test",
    services: [
      {
        key: 3,
        name: "app",
        namespace: "test",
        address: { v4: egressTo === undefined ? "127.0.0.1" : "240.1.0.1", v6: "fd00:6d77:1::1" },
        protocols: protocol ? { [servicePort]: protocol } : {},
      },
      ...Object.keys(options.others ?? {}).map((name, m) => ({
        key: 10 + m,
        name,
        namespace: "test",
        address: { v4: `240.1.0.${10 + m}`, v6: `fd00:6d77:1::${10 + m}` },
        protocols: {},
      })),
    ],
    published: [listener, gateway],
    egress: { allowed: options.egressAllowed ?? true },
    routing: {
      ...NO_ROUTING,
      policies: { app: withPatch(DEFAULT_POLICY, options.policy ?? {}) },
      ...options.routing,
    },
    workloads: [
      caller,
      ...instances.map((_, i) => identity(100 + i, "app", options.zones?.[i])),
      ...others.map(({ key, service }) => identity(key, service)),
    ],
    endpoints: [
      ...instances.map((_, i): Endpoint => ({ workload: 100 + i, service: "app", port: servicePort, via: "own" })),
      ...others.map(({ key, service }): Endpoint => ({ workload: key, service, port: 80, via: "own" })),
    ],
  };
  proxy.swap(pack(snapshot));
  proxy.listen(captured, { kind: "outbound", caller });
  proxy.listen(outside, { kind: "published", listener });
  proxy.listen(gateSocket, { kind: "published", listener: gateway });

  const swap = (change: Partial<Snapshot>) => {
    snapshot = { ...snapshot, version: snapshot.version + 1, ...change };
    proxy.swap(pack(snapshot));
  };

  return {
    proxy,
    port,
    published,
    gate,
    refused,
    counts,
    dialled,
    attempts,
    async spans(count) {
      const found: TestSpan[] = [];
      await eventually(() => {
        reader.drain(ROWS, (row) => {
          const span = readSpan(reader, row);
          if (span.flags & FLAG.attempt) attempts.push(span);
          else found.push(span);
        });
        return found.length >= count;
      });
      return found;
    },
    swap,
    snapshot: () => snapshot,
    page,
    hostMs: () => clock.monotonicMs() + (options.deps?.hostOffsetMs ?? 0),
    setPolicy(patch) {
      swap({ routing: { ...snapshot.routing, policies: { app: withPatch(DEFAULT_POLICY, patch) } } });
    },
    async stop() {
      await proxy.drain(0);
    },
  };
}

function identity(key: number, service: string, zone?: string): WorkloadIdentity {
  return {
    key,
    id: `${service}-${key}`,
    service,
    version: "1",
    identity: `spiffe://meshwise.local/ns/test/sa/${service}`,
    address: { v4: `240.128.${key >> 8}.${key & 255}`, v6: `fd00:6d77:80::${key.toString(16)}` },
    declaredPorts: [],
    ...(zone !== undefined && { zone }),
  };
}

function readSpan(reader: ReturnType<typeof spanReader>, row: number) {
  const columns = Object.keys(SPAN_COLUMNS) as SpanColumn[];
  const figures = Object.fromEntries(columns.map((name) => [name, reader.columns[name][row] ?? ABSENT]));
  const [path, pages] = splitPages(reader.path(row));
  const span = { ...figures, path, authority: reader.authority(row) } as Span;
  return { ...span, pages, errorCode: span.error === 0 ? undefined : ERROR_CODES[span.error - 1] };
}
