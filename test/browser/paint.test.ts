// How heavy the page is, and how soon it is seen.
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hasBrowser, launch, syntheticSite, visit } from "./support.ts";

const DIST = new URL("../../web/dist/", import.meta.url).pathname;
const MOST_BYTES = 300_000;
const FIRST_PAINT_MS = 1_000;
/** a machine that tests does other things too */
const SLOWEST = 20;

test("what is loaded before the first paint is at most 300 kB", () => {
  const html = readFileSync(join(DIST, "index.html"), "utf8");
  const files = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, name]) => name!);
  const bytes = files.map((name) => (name.endsWith(".woff2") ? read(name).length : Bun.gzipSync(read(name)).length));

  expect(files.length).toBeGreaterThan(2);
  expect(bytes.reduce((sum, one) => sum + one, 0) + html.length).toBeLessThan(MOST_BYTES);
});

test("the layout engine is not among it", () => {
  const html = readFileSync(join(DIST, "index.html"), "utf8");
  const engine = readdirSync(join(DIST, "assets")).find((name) => name.startsWith("elk-worker"));

  expect(engine).toBeDefined();
  expect(html).not.toContain(engine!);
});

test.skipIf(!hasBrowser)(
  "the page is seen at once, asks nobody but its own observatory, and keeps its policy",
  async () => {
    const site = await syntheticSite({ services: 12, namespaces: 1 });
    const browser = await launch();
    const { page, context, offences } = await visit(browser, `${site.url}/healthz`);
    const metrics = await context.newCDPSession(page);
    await metrics.send("Performance.enable", { timeDomain: "threadTicks" });
    await page.goto(`${site.url}/map`);
    const paintMs = await page.evaluate(firstPaint);
    const { metrics: values } = await metrics.send("Performance.getMetrics");
    const busyMs = 1000 * (values.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN);
    await page.locator(".card.is-service").first().waitFor();
    const response = await page.request.get(`${site.url}/map`);

    console.log(`first contentful paint after ${Math.round(paintMs)} ms; ${Math.round(busyMs)} ms of CPU until then`);
    expect(busyMs).toBeLessThan(FIRST_PAINT_MS); // what the page asks of a CPU, however many share it
    expect(paintMs).toBeLessThan(FIRST_PAINT_MS * SLOWEST);
    expect(response.headers()["content-security-policy"]).toContain("default-src 'self'");
    expect(offences).toEqual([]);
    await browser.close();
    await site.close();
  },
);

function firstPaint(): Promise<number> {
  return new Promise((resolve) => {
    const observer = new PerformanceObserver((list) => {
      const paint = list.getEntriesByName("first-contentful-paint")[0];
      if (paint) resolve(paint.startTime);
    });
    observer.observe({ type: "paint", buffered: true });
  });
}

function read(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(DIST, name)));
}
