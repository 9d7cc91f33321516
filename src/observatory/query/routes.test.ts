import { expect, test } from "bun:test";
import { inObservatory, type Opened } from "../../../test/support/open-observatory.ts";
import { batchOf, span } from "../../../test/support/telemetry.ts";

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
