import { expect, test } from "bun:test";
import { manualClock } from "../../base/clock.manual.ts";
import { type Ask, hostResolver } from "./resolver.ts";

const missing = Object.assign(new Error("not found"), { code: "ENOTFOUND" });

function resolver(ask: Ask) {
  const asked: string[] = [];
  const clock = manualClock();
  const resolve = hostResolver(clock, (name, family) => {
    asked.push(`${name} ${family}`);
    return ask(name, family);
  });
  return { resolve, asked, clock };
}

test("a found name is kept for its lifetime and asked again after it", async () => {
  const { resolve, asked, clock } = resolver(async () => ["192.0.2.1"]);

  const first = await resolve("example.com", 4);
  clock.advance(first.ttlS * 1000 - 1);
  await resolve("EXAMPLE.com", 4);
  expect(asked).toEqual(["example.com 4"]);
  clock.advance(2);
  await resolve("example.com", 4);

  expect(first).toEqual({ rcode: "NOERROR", addresses: ["192.0.2.1"], ttlS: 30 });
  expect(asked).toHaveLength(2);
});

test("a name that has only the other type is NOERROR without addresses, not NXDOMAIN", async () => {
  const { resolve } = resolver(async (_, family) => {
    if (family === 6) throw missing;
    return ["192.0.2.1"];
  });

  expect(await resolve("v4.example", 6)).toMatchObject({ rcode: "NOERROR", addresses: [] });
});

test("a name that does not exist is NXDOMAIN, and for a short time only", async () => {
  const { resolve } = resolver(() => Promise.reject(missing));

  expect(await resolve("none.example", 4)).toEqual({ rcode: "NXDOMAIN", addresses: [], ttlS: 5 });
});

test("a resolver that fails is SERVFAIL", async () => {
  const { resolve } = resolver(() => Promise.reject(Object.assign(new Error("try again"), { code: "EAI_AGAIN" })));

  expect(await resolve("example.com", 4)).toMatchObject({ rcode: "SERVFAIL", addresses: [] });
});

test("a resolver that does not answer is SERVFAIL after its time", async () => {
  const { resolve, clock } = resolver(() => new Promise(() => {}));

  const answer = resolve("example.com", 4);
  clock.advance(5_000);

  expect(await answer).toMatchObject({ rcode: "SERVFAIL" });
});

test("many who wait for one name ask once, and many names wait their turn", async () => {
  const gate = Promise.withResolvers<void>();
  const { resolve, asked } = resolver(async () => {
    await gate.promise;
    return ["192.0.2.1"];
  });

  const same = Array.from({ length: 50 }, () => resolve("same.example", 4));
  const others = Array.from({ length: 50 }, (_, i) => resolve(`n${i}.example`, 4));
  expect(asked).toHaveLength(16);
  gate.resolve();

  const answers = await Promise.all([...same, ...others]);
  expect(answers.every(({ rcode }) => rcode === "NOERROR")).toBe(true);
  expect(asked).toHaveLength(51);
});

test.each(["", "a..b", "-x!", "a b", "1.2.3.4/8", `${"a".repeat(64)}.b`, "a.".repeat(130)])(
  "%j is never asked for",
  async (name) => {
    const { resolve, asked } = resolver(async () => ["192.0.2.1"]);

    expect(await resolve(name, 4)).toMatchObject({ rcode: "NXDOMAIN" });
    expect(asked).toEqual([]);
  },
);
