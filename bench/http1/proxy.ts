// usage: bun bench/http1/proxy.ts BACKEND_PORT [SETUP [RING_FILE | none]]. Our data plane as a worker runs it: the real proxy and a
// real ring of spans, which collect.ts empties; without a RING_FILE, for profiles, this process does that too. With `none` the ring is
// as a full one, which takes no span: what recording costs is left out. The dialer
// connects on loopback instead of in a workload's namespace. Prints its port.
import { mapShared, RING_ROWS } from "../../src/agent/shared-memory.ts";
import { systemClock } from "../../src/base/clock.ts";
import { systemRandom } from "../../src/base/random.ts";
import { ownPage } from "../../src/model/page/page.ts";
import { pack } from "../../src/model/snapshot.ts";
import { ringSize, spanWriter } from "../../src/model/span-ring.ts";
import { createProxy } from "../../src/proxy/proxy.ts";
import { systemSockets } from "../../src/proxy/sockets.ts";
import type { DialResult } from "../../src/proxy/types.ts";
import { dialTcp, listenTcp, localAddress } from "../../src/sys/socket.ts";
import { listenerOf, type Setup, snapshotOf } from "../contenders/snapshot.ts";
import { collect } from "./collect.ts";

const backendPort = Number(process.argv[2]);
const setup = (process.argv[3] ?? "plain") as Setup;
const file = process.argv[4];
const isOwn = file === undefined || file === "none";
const ring = isOwn ? new Uint8Array(ringSize(RING_ROWS)) : mapShared(file);
const writer = spanWriter(ring, RING_ROWS);

const proxy = createProxy({
  clock: systemClock,
  random: systemRandom(),
  sockets: systemSockets,
  spans: file === "none" ? { ...writer, claim: () => -1 } : writer,
  page: ownPage(),
  hostOffsetMs: 0,
  count() {},
  refused(_, port) {
    console.error(`the backend refused a connection on port ${port}`);
  },
  dial(_, done) {
    let result: DialResult;
    try {
      result = { ok: true, fd: dialTcp("127.0.0.1", backendPort) };
    } catch (error) {
      result = { ok: false, error: "refused", detail: String(error) };
    }
    queueMicrotask(() => done(result));
  },
});

const fd = listenTcp("127.0.0.1", 0);
const { port } = localAddress(fd);
proxy.swap(pack(snapshotOf(setup, backendPort)));
proxy.listen(fd, { kind: "published", listener: listenerOf(setup, backendPort) });

if (file === undefined) collect(ring);
console.log(port);
