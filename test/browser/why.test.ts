// The Why place of something that is wrong: by which way, how it went beside the usual, what changed, and a bad request beside
// a usual one; usable by everybody, on any screen.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { findings } from "./axe.ts";
import { hasBrowser, launch, type TroubleSite, troubleSite, visit } from "./support.ts";

describe.skipIf(!hasBrowser)("why something is slow", () => {
  let site: TroubleSite;
  let browser: Browser;
  beforeAll(async () => {
    [site, browser] = await Promise.all([troubleSite(), launch()]);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  const whyWeb = () => `${site.url}/why?service=web&${site.window}`;
  const way = (page: Page) => page.getByRole("list", { name: "From who is asked about to the suspect" });

  test("is seen as a way on the map, whose arrows open the calls and whose ends the services", async () => {
    const { page, offences, close } = await visit(browser, whyWeb());
    await way(page)
      .getByRole("link", { name: /^web calls cart: p95 .* before$/ })
      .waitFor();
    expect(await way(page).locator(".card-name").allTextContents()).toEqual(["web", "cart"]);
    expect(await way(page).locator(".card.is-bad .card-name").allTextContents()).toEqual(["cart"]);

    await way(page)
      .getByRole("link", { name: /^web calls cart/ })
      .click();
    await page.waitForURL(/\/map\?.*call=web\.\.cart/);
    await page.goBack();
    await way(page).getByRole("link", { name: /^cart/ }).click();
    await page.waitForURL(/\/service\/cart\?/);
    expect(offences).toEqual([]);
    await close();
  });

  test("is seen over time beside the usual, of target and suspect, with what changed", async () => {
    const { page, offences, close } = await visit(browser, whyWeb());
    for (const service of ["web", "cart"]) {
      const chart = page.getByRole("figure", { name: new RegExp(`^${service}: p50 now .*; p95 now `) });
      await chart.waitFor();
      expect(await chart.locator(".period").count()).toBe(1);
      expect(await chart.locator(".since").count()).toBe(1);
    }
    const change = /deployment of cart: version v2 after v1/;
    expect(await page.getByRole("button", { name: change }).count()).toBe(1);
    await page.getByRole("listitem").filter({ hasText: "cart version v2 after v1" }).waitFor();
    expect(offences).toEqual([]);
    await close();
  });

  test("is asked of a call, and of a route, from where they are shown", async () => {
    const { page, offences, close } = await visit(browser, `${site.url}/map?call=web..cart&${site.window}`);
    await page.getByRole("link", { name: "ask why of all that is shown" }).click();
    await page.getByRole("heading", { level: 1, name: "Why web → cart" }).waitFor();
    await page
      .locator(".why-verdict")
      .filter({ hasText: /^Cart for web mean latency went from/ })
      .waitFor();

    await page.goto(`${site.url}/service/web?${site.window}`);
    await page.getByRole("button", { name: "GET /", exact: true }).click();
    await page.getByRole("link", { name: "Ask why of GET /" }).click();
    await page.getByRole("heading", { level: 1, name: "Why web GET /" }).waitFor();
    await page
      .locator(".why-verdict")
      .filter({ hasText: /^GET \/ of web mean latency went from/ })
      .waitFor();
    expect(offences).toEqual([]);
    await close();
  });

  test("is asked anew of a time that is dragged over", async () => {
    const { page, offences, close } = await visit(browser, whyWeb());
    const area = page.getByRole("figure", { name: /^cart: p50 now / }).locator(".u-over");
    await area.scrollIntoViewIfNeeded();
    const box = await area.boundingBox();
    if (!box) throw new Error("cart is not shown");
    await page.mouse.move(box.x + 0.6 * box.width, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.9 * box.width, box.y + 20, { steps: 4 });
    await page.mouse.up();

    await page.waitForURL(/\/why\?.*service=cart/);
    await page.getByRole("heading", { level: 1, name: "Why cart" }).waitFor();
    expect(page.url()).not.toContain(site.window);
    expect(offences).toEqual([]);
    await close();
  });

  test("is seen in a slow request beside a usual one, on the same scale", async () => {
    const { page, offences, close } = await visit(browser, whyWeb());
    const waterfall = (name: string) => page.getByRole("figure", { name: `${name} request` });
    await waterfall("Slow").getByRole("table").waitFor();
    await waterfall("Usual").getByRole("table").waitFor();
    const scale = (name: string) => waterfall(name).locator(".trace-tick").allTextContents();
    expect(await scale("Slow")).toEqual(await scale("Usual"));

    await waterfall("Slow").getByRole("link", { name: "The whole trace" }).click();
    await page.waitForURL(/\/trace\/[0-9a-f]{32}/);
    expect(offences).toEqual([]);
    await close();
  });

  test.each([
    ["light", 1440],
    ["dark", 1440],
    ["light", 400],
  ] as const)("can be understood by everybody, %s, %d px wide", async (theme, width) => {
    const { page, close } = await visit(browser, whyWeb(), { theme, width });
    await page.getByRole("figure", { name: "Usual request" }).getByRole("table").waitFor();
    await page.getByRole("figure", { name: /^cart: p50 now / }).waitFor();
    expect(await findings(page)).toEqual([]);
    const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(isTooWide).toBe(false);
    await close();
  });
});
