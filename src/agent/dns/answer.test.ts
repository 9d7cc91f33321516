import { expect, test } from "bun:test";
import dnsPacket, { type DecodedPacket, type Packet } from "dns-packet";
import { workloadAddress } from "../../model/address.ts";
import { NO_ROUTING } from "../../model/route.ts";
import type { MeshConfig } from "../../model/snapshot.ts";
import type { WorkloadIdentity } from "../../model/workload.ts";
import { answerQuery, type Outside } from "./answer.ts";
import { meshNames } from "./names.ts";

const config: MeshConfig = {
  version: 1,
  project: "shop",
  services: [
    { key: 1, name: "cart", namespace: "shop", address: { v4: "240.1.0.1", v6: "fd00:6d77:1::1" }, protocols: {} },
  ],
  published: [],
  egress: { allowed: true },
  routing: NO_ROUTING,
};
const workload: WorkloadIdentity = {
  key: 7,
  id: "cart-1",
  service: "cart",
  version: "1",
  identity: "spiffe://meshwise.local/ns/shop/sa/cart",
  address: workloadAddress(7),
  declaredPorts: [],
};
const names = meshNames(config, () => [workload]);

const outside: Outside = async (name, family) => {
  if (name === "many.example") {
    const addresses = Array.from({ length: 100 }, (_, i) => (family === 4 ? `192.0.2.${i}` : `2001:db8::${i + 1}`));
    return { rcode: "NOERROR", addresses, ttlS: 60 };
  }
  if (name === "evil.example") return { rcode: "NOERROR", addresses: ["240.1.0.1", "192.0.2.1"], ttlS: 9999 };
  if (name === "broken.example") return { rcode: "SERVFAIL", addresses: [], ttlS: 0 };
  return { rcode: "NXDOMAIN", addresses: [], ttlS: 0 };
};

type Options = { transport?: "udp" | "tcp"; egress?: boolean; packet?: Partial<Packet> };

async function ask(name: string, type: string, options: Options = {}) {
  const query = dnsPacket.encode({
    type: "query",
    id: 4711,
    flags: dnsPacket.RECURSION_DESIRED,
    questions: [{ name, type: type as "A" }],
    ...options.packet,
  });
  const deps = options.egress === false ? { names } : { names, outside };
  const bytes = await answerQuery(query, options.transport ?? "udp", deps);
  if (!bytes) return undefined;
  const packet = dnsPacket.decode(Buffer.from(bytes)) as DecodedPacket & { rcode: string };
  const data = packet.answers?.map((answer) => ("data" in answer ? answer.data : undefined));
  return { packet, code: packet.rcode, data, length: bytes.length };
}

test.each([["cart"], ["cart.shop"], ["cart.shop.svc"], ["cart.shop.svc.cluster.local"], ["CaRt"]])(
  "%s is the service's virtual address, on both families",
  async (name) => {
    expect((await ask(name, "A"))?.data).toEqual(["240.1.0.1"]);
    expect((await ask(name, "AAAA"))?.data).toEqual(["fd00:6d77:1::1"]);
  },
);

test("an answer repeats id, question as it was spelt and the wish for recursion, and says it is ours", async () => {
  const answer = await ask("CaRt", "A");

  expect(answer?.packet).toMatchObject({ id: 4711, type: "response", flag_aa: true, flag_rd: true, flag_tc: false });
  expect(answer?.packet.questions?.[0]?.name).toBe("CaRt");
  expect(answer?.packet.answers?.[0]).toMatchObject({ name: "CaRt", ttl: 5 });
});

test.each([["MX"], ["TXT"], ["SRV"]])("a service has no %s record, but it exists", async (type) => {
  expect(await ask("cart", type)).toMatchObject({ code: "NOERROR", data: [] });
});

test.each([["nobody.shop.svc.cluster.local"], ["example.com.shop.svc.cluster.local"], ["cluster.local"]])(
  "%s does not exist, and nobody outside is asked",
  async (name) => {
    expect(await ask(name, "A")).toMatchObject({ code: "NXDOMAIN", packet: { flag_aa: true } });
  },
);

test("virtual addresses have names", async () => {
  expect((await ask("1.0.1.240.in-addr.arpa", "PTR"))?.data).toEqual(["cart.shop.svc.cluster.local"]);
  const v6 = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.7.7.d.6.0.0.d.f.ip6.arpa";
  expect((await ask(v6, "PTR"))?.data).toEqual(["cart.shop.svc.cluster.local"]);
  expect((await ask("7.0.128.240.in-addr.arpa", "PTR"))?.data).toEqual(["cart-1.cart.shop.svc.cluster.local"]);
  expect((await ask("9.9.1.240.in-addr.arpa", "PTR"))?.code).toBe("NXDOMAIN");
});

test("localhost is the workload itself (RFC 6761)", async () => {
  expect((await ask("localhost", "A"))?.data).toEqual(["127.0.0.1"]);
  expect((await ask("db.localhost", "AAAA"))?.data).toEqual(["::1"]);
});

test("other names are asked outside", async () => {
  expect((await ask("many.example", "A", { transport: "tcp" }))?.data).toHaveLength(100);
  expect(await ask("broken.example", "A")).toMatchObject({ code: "SERVFAIL", data: [] });
  expect(await ask("none.example", "AAAA")).toMatchObject({ code: "NXDOMAIN", data: [] });
});

test("with egress off there is no outside", async () => {
  expect(await ask("many.example", "A", { egress: false })).toMatchObject({ code: "NXDOMAIN", data: [] });
  expect((await ask("cart", "A", { egress: false }))?.data).toEqual(["240.1.0.1"]);
});

test("a name of a stranger never leads to an address of ours, and is not kept for long", async () => {
  const answer = await ask("evil.example", "A");

  expect(answer?.data).toEqual(["192.0.2.1"]);
  expect(answer?.packet.answers?.[0]).toMatchObject({ ttl: 300 });
});

test("what UDP cannot carry is marked truncated, so that the client asks by TCP", async () => {
  const plain = await ask("many.example", "A");

  expect(plain?.packet.flag_tc).toBe(true);
  expect(plain?.data).toEqual([]);
  expect(plain?.length).toBeLessThanOrEqual(512);
});

test("a client that can take more by EDNS gets more, up to what crosses any network whole", async () => {
  const opt = (size: number) => ({
    additionals: [
      {
        type: "OPT" as const,
        name: ".",
        udpPayloadSize: size,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: 0,
        flag_do: false,
        options: [],
      },
    ],
  });

  const some = await ask("cart", "A", { packet: opt(1400) });
  const many = await ask("many.example", "AAAA", { packet: opt(65_000) });

  expect(some?.packet.additionals?.[0]).toMatchObject({ type: "OPT", udpPayloadSize: 1232 });
  expect(many?.packet.flag_tc).toBe(true);
});

test.each([
  [
    "two questions",
    {
      questions: [
        { name: "cart", type: "A" as const },
        { name: "cart", type: "AAAA" as const },
      ],
    },
  ],
  ["no question", { questions: [] }],
  ["the root", { questions: [{ name: ".", type: "A" as const }] }],
  ["a name with a space", { questions: [{ name: "a b", type: "A" as const }] }],
])("%s is a format error", async (_, packet) => {
  expect(await ask("", "A", { packet })).toMatchObject({ code: "FORMERR", data: [] });
});

test("another class is refused", async () => {
  expect((await ask("cart", "A", { packet: { questions: [{ name: "cart", type: "A", class: "CH" }] } }))?.code).toBe(
    "REFUSED",
  );
});

test("answers and noise are not answered", async () => {
  const response = dnsPacket.encode({ type: "response", id: 1, questions: [{ name: "cart", type: "A" }] });
  const loop = new Uint8Array([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1]); // a name that points at itself
  const query = dnsPacket.encode({ type: "query", id: 1, questions: [{ name: "cart", type: "A" }] });

  expect(await answerQuery(response, "udp", { names })).toBeUndefined();
  expect(await answerQuery(loop, "udp", { names })).toBeUndefined();
  for (let length = 0; length < query.length; length++) {
    expect(await answerQuery(query.subarray(0, length), "udp", { names })).toBeUndefined();
  }
});

test("random bytes never throw", async () => {
  const bytes = new Uint8Array(64);
  let seed = 1;
  for (let round = 0; round < 5000; round++) {
    for (let i = 0; i < bytes.length; i++) {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      bytes[i] = seed >>> 16;
    }
    bytes[2] = 0;
    bytes.set([0, 1, 0, 0, 0, 0, 0, 0], 4);
    await answerQuery(bytes, "udp", { names });
  }
});
