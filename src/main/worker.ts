// A worker: carries traffic and answers DNS. It parses what strangers send, so it gives up every privilege before it is
// given the first socket. Arguments: its index, the agent's share of memory as JSON (agent/shared-memory), the user to
// become (empty: it is one already).
import { mapShared, RING_ROWS, type Share, sharedFiles } from "../agent/shared-memory.ts";
import { openerLink } from "../agent/worker/opener-link.ts";
import { makeDns, serveWorker } from "../agent/worker/worker.ts";
import { systemClock } from "../base/clock.ts";
import { MeshError } from "../base/errors/index.ts";
import { systemRandom } from "../base/random.ts";
import { connectionCounters } from "../model/counters.ts";
import type { SupervisorToWorker, WorkerToSupervisor } from "../model/messages.ts";
import { trafficPage } from "../model/page/page.ts";
import { spanWriter } from "../model/span-ring.ts";
import { createProxy } from "../proxy/proxy.ts";
import { systemSockets } from "../proxy/sockets.ts";
import { openChannel } from "../sys/channel.ts";
import { hostOffsetMs } from "../sys/host-clock.ts";
import { becomeUser, hideMemory, privileges } from "../sys/privileges.ts";
import { CHILD_ENDS } from "../sys/spawn.ts";

const [index, share, user] = [
  Number(process.argv[2]),
  JSON.parse(process.argv[3] ?? "") as Share,
  process.argv[4] ?? "",
];
const files = sharedFiles(share);
const counters = connectionCounters(mapShared(files.counters), share.workers);
const page = trafficPage(mapShared(files.page), files.rows, files.row(index));
const spans = spanWriter(mapShared(files.ring(index)), RING_ROWS);

if (user !== "") becomeUser(Number(user));
hideMemory();
const kept = privileges();
if (kept.capabilities !== 0n || !kept.noNewPrivileges) {
  throw new MeshError("privileges_kept", `worker ${index}, capabilities ${kept.capabilities.toString(16)}`);
}

const supervisor = openChannel<SupervisorToWorker, WorkerToSupervisor>(CHILD_ENDS);
supervisor.onClose(() => process.exit(0));
const opener = openerLink(systemClock);
const dns = makeDns(opener);
const proxy = createProxy({
  clock: systemClock,
  random: systemRandom(),
  sockets: systemSockets,
  dial: opener.dial,
  spans,
  page,
  hostOffsetMs: hostOffsetMs(systemClock),
  ejected: (key, what) => supervisor.send({ type: "ejected", key, what }),
  readmitted: (key, what) => supervisor.send({ type: "readmitted", key, what }),
  count: (key, change) => counters.add(index, key, change),
  refused: (key, port) => supervisor.send({ type: "refused", key, port }),
  dns: async (query) => {
    const answer = await dns.answer(query, "tcp");
    if (!answer) throw new MeshError("dns_malformed", "a message over TCP");
    return answer;
  },
});
serveWorker({ clock: systemClock, supervisor, opener, proxy, dns });
