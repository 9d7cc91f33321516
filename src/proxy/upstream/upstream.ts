// A connection to an app or an outside address, and how one is made: the opener dials, we adopt the descriptor.

import { MeshError } from "../../base/errors/index.ts";
import { destroy, hangUp, socketHandlers } from "../connection.ts";
import { LIMITS } from "../limits.ts";
import { giveConnection } from "../policy/connections.ts";
import type { Backend, Core, ServiceState, Stage, Upstream } from "../shapes.ts";
import { socketWriter } from "../socket-writer.ts";
import { descriptor, type ProxySocket, type SocketEvents } from "../sockets.ts";
import { wake } from "../time.ts";
import type { DialResult } from "../types.ts";

type Adopting = {
  readonly core: Core;
  readonly backend: Backend;
  readonly service: ServiceState | undefined;
  readonly done: (result: Upstream | MeshError) => void;
};

/**
 * Makes a connection; `done` is called once. Closures are fine here: a connection costs a hundred times as much.
 * @param service counts it already, and is told when it is gone
 */
export function connect(
  core: Core,
  backend: Backend,
  done: (result: Upstream | MeshError) => void,
  service?: ServiceState,
): void {
  if (core.connecting >= LIMITS.connecting) {
    giveConnection(core, service);
    done(new MeshError("proxy_exhausted", `${LIMITS.connecting} connections are being made`));
    return;
  }
  core.connecting++;
  countOpen(core, backend, 1);
  core.deps.dial(backend.target, (result) => {
    wake(core);
    if (!result.ok) {
      core.connecting--;
      countOpen(core, backend, -1);
      giveConnection(core, service);
      done(refusal(core, backend, result));
      return;
    }
    const adopting: Adopting = { core, backend, service, done };
    core.deps.sockets.connect(result.fd, adopting, core.upstreamHandlers);
  });
}

/** From the first step on: a workload that is to end is told so when it has none, and one in the making brings a request. */
function countOpen(core: Core, backend: Backend, change: 1 | -1): void {
  backend.open += change;
  if (backend.workload !== 0) core.deps.count(backend.workload, change);
}

export function upstreamHandlers(broken: (upstream: Upstream, error: unknown) => void): SocketEvents<Upstream> {
  return socketHandlers<Upstream>(opened, broken);
}

/** The connection does not stand yet: the first `drain` says so. A write before it would swallow the reason of a refusal. */
function opened(socket: ProxySocket<Upstream>): void {
  const { core, backend, service, done } = socket.data as unknown as Adopting;
  const now = wake(core);
  const upstream: Upstream = {
    side: "upstream",
    core,
    backend,
    socket,
    fd: descriptor(socket),
    writer: socketWriter(socket),
    stage: connecting,
    deadline: now + LIMITS.connectMs,
    isPaused: false,
    isClosed: false,
    openedMs: now,
    exchanges: 0,
    retransmits: 0,
    busyUs: 0,
    place: -1,
    exchange: undefined,
    unread: undefined,
    connected: done,
    restingSince: 0,
    service,
  };
  socket.data = upstream;
  core.roster.add(upstream);
}

const connecting: Stage<Upstream> = {
  name: "connecting",
  drain: stands,
  data(upstream, bytes) {
    stands(upstream);
    upstream.stage.data(upstream, bytes);
  },
  end(upstream) {
    stands(upstream);
    upstream.stage.end(upstream);
  },
  close(upstream, error) {
    failed(upstream, connectError(upstream, error?.code));
  },
  expire(upstream) {
    failed(upstream, new MeshError("connect_timeout", `${describe(upstream.backend)} within ${LIMITS.connectMs} ms`));
    destroy(upstream);
  },
};

function stands(upstream: Upstream): void {
  const { core, connected } = upstream;
  core.connecting--;
  upstream.connected = undefined;
  upstream.deadline = Number.POSITIVE_INFINITY;
  upstream.stage = unowned;
  // dead peers of connections that rest for hours are found by the kernel
  upstream.socket.setKeepAlive(true, 60_000);
  upstream.socket.setNoDelay(true);
  connected?.(upstream);
}

function failed(upstream: Upstream, error: MeshError): void {
  const { core, backend, connected } = upstream;
  if (!connected) return;
  core.connecting--;
  countOpen(core, backend, -1);
  giveConnection(core, upstream.service);
  upstream.connected = undefined;
  upstream.stage = gone;
  core.roster.remove(upstream);
  connected(error);
}

/** Between two owners, for the length of a call. */
const unowned: Stage<Upstream> = {
  name: "unowned",
  data: destroy,
  end: destroy,
  drain() {},
  close: forgetUpstream,
  expire: destroy,
};

const gone: Stage<Upstream> = { name: "gone", data() {}, end() {}, drain() {}, close() {}, expire() {} };

/** Every stage's `close` of a connection that stood ends here. */
export function forgetUpstream(upstream: Upstream): void {
  if (upstream.stage === gone) return;
  upstream.stage = gone;
  countOpen(upstream.core, upstream.backend, -1);
  upstream.exchange = undefined;
  upstream.core.roster.remove(upstream);
  giveConnection(upstream.core, upstream.service);
}

/** Closes it without telling the stage it is in, whose owner knows already. */
export function dropUpstream(upstream: Upstream): void {
  forgetUpstream(upstream);
  hangUp(upstream);
}

function connectError(upstream: Upstream, code: string | undefined): MeshError {
  const { core, backend } = upstream;
  const where = describe(backend);
  switch (code) {
    case "ECONNREFUSED":
    case "ECONNRESET":
      if (backend.workload !== 0) core.deps.refused(backend.workload, backend.port);
      return new MeshError("upstream_refused", where);
    case "ETIMEDOUT":
      return new MeshError("connect_timeout", where);
    default:
      return new MeshError("upstream_unreachable", code ? `${where}: ${code}` : where);
  }
}

function refusal(core: Core, backend: Backend, result: Extract<DialResult, { ok: false }>): MeshError {
  const where = `${describe(backend)}: ${result.detail}`;
  switch (result.error) {
    case "refused":
      if (backend.workload !== 0) core.deps.refused(backend.workload, backend.port);
      return new MeshError("upstream_refused", where);
    case "forbidden":
      return new MeshError("egress_forbidden", where);
    case "exhausted":
      return new MeshError("proxy_exhausted", where);
    case "unreachable":
    case "unknown":
      return new MeshError("upstream_unreachable", where);
  }
}

/** `203.0.113.7 port 443`, `workload 12 port 8080` */
export function describe({ target }: Backend): string {
  return target.type === "egress"
    ? `${target.address} port ${target.port}`
    : `workload ${target.key} port ${target.port}`;
}
