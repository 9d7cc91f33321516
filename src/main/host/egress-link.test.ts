import { expect, test } from "bun:test";
import type { HostAnswer, HostRequest } from "../../model/messages.ts";
import { channelPair, openChannel } from "../../sys/channel.ts";
import { closeFds } from "../../sys/libc.ts";
import { type OtlpDoors, serveEgress } from "./egress-link.ts";

async function ask(request: HostRequest, otlp: OtlpDoors | undefined): Promise<HostAnswer> {
  const { here, there } = channelPair();
  const host = openChannel<HostRequest, HostAnswer>(here);
  const opener = openChannel<HostAnswer, HostRequest>(there);
  const resolve = async () => ({ rcode: "NXDOMAIN" as const, addresses: [], ttlS: 1 });
  serveEgress(host, { resolve, isAllowed: () => true, otlp: () => otlp });
  const { promise, resolve: answered } = Promise.withResolvers<HostAnswer>();
  opener.onMessage((answer, fds) => {
    closeFds(fds);
    answered(answer);
  });
  opener.send(request);
  return promise.finally(() => {
    opener.close();
    host.close();
  });
}

const dial = (port: number) => ({ type: "egress", id: 1, source: 1, address: "192.0.2.43", port }) as const;

test("the door for OTLP is found by its name, and connected to on the port that it has today", async () => {
  const resolved = await ask({ type: "resolve", id: 1, name: "OTLP.meshwise", family: 4 }, undefined);
  expect(resolved).toMatchObject({ rcode: "NOERROR", addresses: ["192.0.2.43"] });
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });

  expect(await ask(dial(4318), { http: server.port, grpc: 1 })).toMatchObject({ type: "dialed", ok: true });

  server.stop(true);
});

test.each([
  ["another port", 22, { http: 1, grpc: 2 }],
  ["a door that is down", 4317, undefined],
] as const)("%s of that address is refused", async (_, port, doors) => {
  expect(await ask(dial(port), doors)).toMatchObject({ ok: false, error: "refused" });
});
