// From a chart to the Why place: by dragging over it, or by the link beneath the charts.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { findings } from "./axe.ts";
import { hasBrowser, launch, type SyntheticSite, syntheticSite, visit } from "./support.ts";

describe.skipIf(!hasBrowser)("a time on a chart", () => {
  let site: SyntheticSite;
  let browser: Browser;
  beforeAll(async () => {
    [site, browser] = await Promise.all([syntheticSite({ services: 6, namespaces: 1 }), launch()]);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  /** pressed a third of the way along a chart and moved to two thirds */
  async function drag(page: Page, title: string) {
    const area = page.getByRole("figure", { name: new RegExp(`^${title}: `) }).locator(".u-over");
    const box = await area.boundingBox();
    if (!box) throw new Error(`${title} is not shown`);
    const middle = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width / 3, middle);
    await page.mouse.down();
    await page.mouse.move(box.x + (2 * box.width) / 3, middle, { steps: 4 });
    return { back: () => page.mouse.move(box.x + box.width / 3, middle, { steps: 4 }) };
  }

  test("is asked about where it was dragged over, and one step back is the chart again", async () => {
    const { page, offences, close } = await visit(browser, `${site.url}/service/web?since=15m`);
    await page.getByRole("figure", { name: /^Latency: / }).waitFor();

    await drag(page, "Latency");
    const label = page.getByText(/^Why \d\d:\d\d:\d\d – \d\d:\d\d:\d\d\?$/);
    const [begin, end] = ((await label.textContent()) ?? "").match(/[\d:]{8}/g) ?? [];
    await page.mouse.up();

    await page.waitForURL(/\/why\?/);
    await page.getByRole("heading", { level: 1, name: "Why web" }).waitFor();
    const { searchParams } = new URL(page.url());
    const [from, to] = ["from", "to"].map((name) => Date.parse(searchParams.get(name) ?? ""));
    expect(searchParams.get("service")).toBe("web");
    const seconds = ((to as number) - (from as number)) / 1000;
    const shownMs = Date.parse(`2030-01-01T${end}Z`) - Date.parse(`2030-01-01T${begin}Z`);
    const shown = (shownMs / 1000 + 86_400) % 86_400; // over midnight
    expect(Math.abs(seconds - Math.max(30, shown))).toBeLessThanOrEqual(2);
    await page.locator(".why-verdict, .empty").first().waitFor();

    await page.goBack();
    await page.waitForURL(/\/service\/web/);
    expect(offences).toEqual([]);
    await close();
  });

  test("is not, when the pointer goes back to where it began", async () => {
    const { page, close } = await visit(browser, `${site.url}/service/web?since=15m`);
    await page.getByRole("figure", { name: /^Rate: / }).waitFor();

    const { back } = await drag(page, "Rate");
    await back();
    await page.mouse.up();

    await page
      .getByRole("figure", { name: /^Rate: / })
      .getByText(/\/s$/)
      .first()
      .waitFor();
    expect(new URL(page.url()).pathname).toBe("/service/web");
    await close();
  });

  test("can be asked about without a pointer, in all that is shown", async () => {
    const { page, close } = await visit(browser, `${site.url}/service/web?since=1h`);
    const link = page.getByRole("link", { name: "ask why of all that is shown" });
    await link.focus();
    await page.keyboard.press("Enter");

    await page.waitForURL(/\/why\?since=1h&service=web/);
    await page.getByRole("button", { name: "Throughput" }).click();
    await page.waitForURL(/metric=throughput/);
    await page.locator(".why-verdict, .empty").first().waitFor();
    expect(await findings(page)).toEqual([]);
    await close();
  });
});
