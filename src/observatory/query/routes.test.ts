import { expect, test } from "bun:test";
import { inObservatory, type Opened } from "../../../test/support/open-observatory.ts";
import { batchOf, sample, span } from "../../../test/support/telemetry.ts";
import { seededRandom } from "../../base/random.ts";
import { FLAG } from "../../model/span.ts";

const SLUGS = Array.from({ length: 40 }, (_, n) => `the-${"abcdefgh"[n % 8]}${"aeiou"[n % 5]}-shoe`);

async function counted({ observatory, clock }: Opened): Promise<Record<string, number>> {
  const { rows } = await observatory.queries.routes(
    { service: "cart" },
    { fromUs: clock.nowUs() - 60e6, toUs: clock.nowUs() },
  );
  return Object.fromEntries(rows.map(({ route, requests }) => [route, requests]));
}

test("what was counted before a place was known to be a variable is counted there, also by the next process", async () => {
  await inObservatory(async (opened) => {
    const atUs = opened.clock.nowUs();
    const asked = (path: string, rest = {}) => span({ startUs: atUs, path, ...rest });
    opened.observatory.intake.spans(
      batchOf([
        ...SLUGS.map((slug) => asked(`/products/${slug}`)),
        asked("/items/17"),
        asked("/.env", { status: 404 }),
      ]),
    );
    opened.clock.advance(20_000);
    const before = await counted(opened);

    const again = await opened.again();
    again.observatory.intake.spans(batchOf([asked("/products/another-one", { status: 404 })], 1));

    expect(before).toEqual({ "GET /products/{id}": SLUGS.length, "GET /items/{id}": 1, "{other}": 1 });
    expect(await counted(again)).toEqual({ ...before, "GET /products/{id}": SLUGS.length + 1 });
  });
});

test("tap shows single exchanges of a route, in memory and from the store", async () => {
  await inObservatory(async (opened) => {
    const atUs = opened.clock.nowUs();
    const asked = (path: string, rest = {}) => span({ startUs: atUs, path, ...rest });
    const items = [asked("/items/17"), asked("/items/18;v=1"), asked("/items/19", { status: 404 })];
    opened.observatory.intake.spans(
      batchOf([...items, asked("/items/search"), asked("/items/17/x"), asked("/.env", { status: 404 })]),
    );
    opened.clock.advance(20_000);
    const tapped = async ({ observatory }: Opened, route: string) =>
      (await observatory.queries.tap({ route }, 10)).rows.map(({ path }) => path);

    const inMemory = await tapped(opened, "GET /items/{id}");
    const again = await opened.again();

    expect(inMemory).toEqual(items.map(({ path }) => path));
    expect(await tapped(again, "GET /items/{id}")).toEqual(inMemory);
    expect(await tapped(again, "GET /items/search")).toEqual(["/items/search"]);
    expect(await tapped(again, "{other}")).toEqual(["/.env"]);
  });
});

test("probes are in no figure unless they are asked for, and are counted as left out, in memory and from the store", async () => {
  await inObservatory(async (opened) => {
    const atUs = opened.clock.nowUs();
    const probe = span({ startUs: atUs - 9e6, path: "/healthz", flags: FLAG.probe, end: 9_000_000 });
    const scrape = { ...probe, path: "/metrics", source: 13 };
    opened.observatory.intake.spans(batchOf([span({ startUs: atUs, path: "/items/1" }), probe, probe, scrape]));
    opened.clock.advance(20_000);
    const window = { fromUs: atUs - 60e6, toUs: atUs + 60e6 };
    const look = async ({ observatory: { queries } }: Opened, withProbes: boolean) => {
      const [stat, routes, series, mesh] = await Promise.all([
        queries.services({ ...window, withProbes }, "cart"),
        queries.routes({ service: "cart", source: "web" }, { ...window, withProbes }),
        queries.series({ service: "cart", withProbes }, window),
        queries.mesh({ ...window, withProbes }),
      ]);
      const [row] = stat.rows;
      return {
        stat: [row?.requests, Math.round(row?.p99 ?? 0), stat.probes],
        routes: [routes.rows.map(({ route, requests }) => [route, requests]), routes.probes],
        series: series.rows.reduce((sum, { requests }) => sum + requests, 0),
        pairs: mesh.rows.map(({ source }) => source),
      };
    };
    const without = { stat: [1, 1, 3], routes: [[["GET /items/{id}", 1]], 2], series: 1, pairs: ["web"] };

    expect(await look(opened, false)).toEqual(without);
    const again = await opened.again();
    expect(await look(again, false)).toEqual(without);
    const { stat, routes, series, pairs } = await look(again, true);
    expect([stat[0], stat[2], routes, series, pairs]).toEqual([
      4,
      undefined,
      [
        [
          ["{probe}", 2],
          ["GET /items/{id}", 1],
        ],
        undefined,
      ],
      4,
      ["pay", "web"],
    ]);
  });
});

test("whoever asks for /healthz at a beat is a probe from then on, and so it is stored", async () => {
  await inObservatory(async (opened) => {
    const atUs = opened.clock.nowUs();
    const beat = Array.from({ length: 20 }, (_, n) => span({ startUs: atUs - 45e6 + n * 2e6, path: "/healthz" }));
    const people = Array.from({ length: 5 }, (_, n) => span({ startUs: atUs - 40e6 + n * n * 1.3e6, path: "/status" }));
    opened.observatory.intake.spans(batchOf([...beat, ...people]));
    opened.clock.advance(10_000);

    expect(await counted(opened)).toEqual({ "GET /healthz": 6, "GET /status": 5 });
    const again = await opened.again();
    expect(await counted(again)).toEqual({ "GET /healthz": 6, "GET /status": 5 });
    const { rows } = await again.observatory.queries.tap({ route: "{probe}" }, 100);
    expect(rows.map(({ path, flags }) => [path, ...flags])).toEqual(Array(14).fill(["/healthz", "probe"]));
  });
});

test("a rule's name goes before what is declared, that before what is learned, and a probe before all", async () => {
  await inObservatory(async (opened) => {
    const atUs = opened.clock.nowUs();
    const declared = sample().services.map((one) => ({ ...one, routes: ["/products/{slug}", "/docs/*"] }));
    opened.observatory.intake.sample(sample({ atUs, services: declared }));
    const asked = (path: string, rest = {}) => span({ startUs: atUs, path, ...rest });
    const named = 1_001; // see test/support/telemetry.ts: its requests are counted as rule-1001
    opened.observatory.intake.spans(
      batchOf([
        asked("/items/17"),
        asked("/products/17"),
        asked("/products/18", { rule: 7 }), // a rule without a name
        asked("/products/19", { rule: named }),
        asked("/items/20", { rule: named, method: 3 }),
        asked("/docs/a/b", { rule: named, flags: FLAG.probe }),
      ]),
    );
    opened.clock.advance(20_000);
    const found = { "rule-1001": 2, "GET /products/{slug}": 2, "GET /items/{id}": 1 };

    expect(await counted(opened)).toEqual(found);
    const again = await opened.again();
    expect(await counted(again)).toEqual(found);
    const { rows } = await again.observatory.queries.tap({ route: "rule-1001" }, 10);
    expect(rows.map(({ path, route }) => [path, route])).toEqual([
      ["/products/19", "rule-1001"],
      ["/items/20", "rule-1001"],
    ]);
  });
});

test("a long poll that is learned is counted, and its wait is no latency", async () => {
  await inObservatory(async (opened) => {
    const atUs = opened.clock.nowUs();
    const random = seededRandom(5);
    const poll = (n: number) => {
      const isEvent = random.unit() < 0.5;
      const waited = isEvent ? random.unit() * 30e6 : 30e6 + random.unit() * 20_000;
      return span({
        startUs: atUs - waited + n,
        path: "/poll",
        end: Math.round(waited),
        responseBytes: isEvent ? 900 + n : 2,
      });
    };
    opened.observatory.intake.spans(batchOf(Array.from({ length: 300 }, (_, n) => poll(n))));
    opened.clock.advance(10_000);

    const { rows } = await opened.observatory.queries.tap({ route: "GET /poll" }, 400);
    expect(rows).toHaveLength(300);
    expect(rows.filter(({ flags }) => flags.includes("stream")).length).toBeGreaterThan(260);
    expect(await counted(opened)).toEqual({ "GET /poll": 300 });
  });
});
