// usage: bun bench/http1/proxy.ts BACKEND_PORT [SETUP]. Our data plane as a worker runs it, in one process with what its
// supervisor does for spans: the real proxy, a real ring, a batch for the observatory each second. The dialer connects on
// loopback instead of in a workload's namespace. Prints its port; at SIGTERM how many spans were written and lost.
import { systemClock } from "../../src/base/clock.ts";
import { systemRandom } from "../../src/base/random.ts";
import { ownPage } from "../../src/model/page/page.ts";
import { encodeBatch } from "../../src/model/span-batch.ts";
import { ringSize, spanReader, spanWriter } from "../../src/model/span-ring.ts";
import { createProxy } from "../../src/proxy/proxy.ts";
import { systemSockets } from "../../src/proxy/sockets.ts";
import type { DialResult } from "../../src/proxy/types.ts";
import { dialTcp, listenTcp, localAddress } from "../../src/sys/socket.ts";
import { listenerOf, type Setup, snapshotOf } from "../contenders/snapshot.ts";

/** as a worker's ring, emptied as its supervisor does it: each second, or when it is half full */
const ROWS = 16_384;
const PERIOD_MS = 1000;
const LOOK_MS = 50;

const backendPort = Number(process.argv[2]);
const setup = (process.argv[3] ?? "plain") as Setup;
const ring = new Uint8Array(ringSize(ROWS));
const reader = spanReader(ring, ROWS);

const proxy = createProxy({
  clock: systemClock,
  random: systemRandom(),
  sockets: systemSockets,
  spans: spanWriter(ring, ROWS),
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
proxy.swap(snapshotOf(setup, backendPort));
proxy.listen(fd, { kind: "published", listener: listenerOf(setup, backendPort) });

let spans = 0;
let sequence = 0;
let drainedAtMs = 0;
function drain(): void {
  drainedAtMs = systemClock.monotonicMs();
  spans += reader.unread();
  encodeBatch({ agent: "bench", sequence: ++sequence }, [reader], ROWS);
}
setInterval(() => {
  if (reader.unread() > ROWS / 2 || systemClock.monotonicMs() - drainedAtMs >= PERIOD_MS) drain();
}, LOOK_MS);

process.on("SIGTERM", () => {
  drain();
  console.log(JSON.stringify({ spans, lost: reader.dropped() }));
  process.exit(0);
});
console.log(port);
