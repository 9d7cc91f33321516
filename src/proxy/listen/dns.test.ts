// DNS over TCP at the resolver's virtual address.
import { expect, test } from "bun:test";
import { sandboxed } from "../../../test/support/sandboxed.ts";
import { systemClock } from "../../base/clock.ts";
import { seededRandom } from "../../base/random.ts";
import { DNS_ADDRESS, workloadAddress } from "../../model/address.ts";
import { ownPage } from "../../model/page/page.ts";
import { ringSize, spanWriter } from "../../model/span-ring.ts";
import type { WorkloadIdentity } from "../../model/workload.ts";
import { listenTcp } from "../../sys/socket.ts";
import { createProxy } from "../proxy.ts";
import { systemSockets } from "../sockets.ts";

const CALLER: WorkloadIdentity = {
  key: 7,
  id: "app-1",
  service: "app",
  version: "1",
  identity: "spiffe://meshwise.local/ns/test/sa/app",
  address: workloadAddress(7),
  declaredPorts: [],
};

sandboxed(import.meta.path, () => {
  test("several questions in crooked pieces are answered in order, by whoever answers them", async () => {
    Bun.spawnSync(["ip", "route", "add", "local", "240.0.0.0/4", "dev", "lo"]);
    const asked: string[] = [];
    const proxy = createProxy({
      clock: systemClock,
      random: seededRandom(1),
      sockets: systemSockets,
      spans: spanWriter(new Uint8Array(ringSize(16)), 16),
      page: ownPage(),
      hostOffsetMs: 0,
      count() {},
      refused() {},
      dial() {},
      async dns(query, source) {
        asked.push(`${source}:${query}`);
        return Buffer.from(`re:${query}`);
      },
    });
    proxy.listen(listenTcp(DNS_ADDRESS.v4, 53), { kind: "outbound", caller: CALLER });
    const received: Buffer[] = [];
    const wanted = 3 * 2 + "re:onere:twore:three".length;
    const whole = Promise.withResolvers<void>();
    const socket = await Bun.connect({
      hostname: DNS_ADDRESS.v4,
      port: 53,
      socket: {
        data(_, bytes) {
          received.push(bytes);
          if (Buffer.concat(received).length >= wanted) whole.resolve();
        },
      },
    });

    for (const piece of ["\0", "\x03on", "e\0\x03two\0", "\x05three"]) {
      socket.write(piece);
      socket.flush();
      await new Promise(setImmediate);
    }
    await whole.promise;

    expect(asked).toEqual(["7:one", "7:two", "7:three"]);
    expect(Buffer.concat(received).toString()).toBe("\0\x06re:one\0\x06re:two\0\x08re:three");
    await proxy.drain(0);
  });
});
