// The way of a user: from the map to a service, to its requests, to one request; and back by the address alone.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { hasBrowser, launch, type SyntheticSite, syntheticSite, visit } from "./support.ts";

describe.skipIf(!hasBrowser)("a user", () => {
  let site: SyntheticSite;
  let browser: Browser;
  beforeAll(async () => {
    [site, browser] = await Promise.all([syntheticSite({ services: 12, namespaces: 1 }), launch()]);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  test("goes from the map to a service to a request, and the address brings all of it back", async () => {
    const { page, offences, close } = await visit(browser, site.url);
    await page.waitForURL(/\/map/);
    const card = page.locator(".card.is-service").first();
    const service = (await card.locator(".card-name").textContent()) ?? "";
    await card.click();
    await panelOf(page, service)
      .getByRole("figure", { name: /^Rate: .*\/s/ })
      .waitFor();
    expect(new URL(page.url()).searchParams.get("service")).toBe(service);

    await page.locator(".request .value", { hasText: /^GET$/ }).first().click();
    await page.waitForURL(/method=GET/);
    await page
      .getByRole("button", { name: /Details of GET/ })
      .first()
      .click();
    await page.getByRole("table", { name: "Where its time went" }).waitFor();

    await page.reload();
    await panelOf(page, service).getByRole("heading", { name: service }).waitFor();
    await page.locator(".chip", { hasText: "GET" }).waitFor();
    await page.locator(`.card[aria-pressed="true"]`, { hasText: service }).waitFor();
    expect(await page.locator(".request .value", { hasText: /^POST$/ }).count()).toBe(0);
    expect(offences).toEqual([]);
    await close();
  });

  test("goes from one service to the next by its callees, and back by the browser's button", async () => {
    const { page, close } = await visit(browser, `${site.url}/map`);
    await page.locator(".card.is-service").first().click();
    const callees = page.locator(".section", { has: page.getByRole("heading", { name: /^Callees/ }) });
    const link = callees.locator("tbody .link").first();
    const callee = (await link.textContent()) ?? "";
    const before = page.url();
    await link.click();
    await page.getByRole("heading", { level: 1, name: callee, exact: true }).waitFor();

    await page.goBack();
    expect(page.url()).toBe(before);

    await callees
      .getByRole("button", { name: /^Call from/ })
      .first()
      .click();
    await page.waitForURL(/call=/);
    await page.getByRole("figure", { name: /^Latency: p50 now/ }).waitFor();
    await close();
  });

  test("sees of the outside whom it calls, and nothing that it cannot have", async () => {
    const { page, offences, close } = await visit(browser, `${site.url}/map?service=outside`);

    await page.getByRole("heading", { name: /^Callees/ }).waitFor();
    await page.getByText("by a published port").waitFor();

    expect(await page.getByRole("heading", { name: /^(Callers|Workloads)/ }).count()).toBe(0);
    expect(offences).toEqual([]);
    await close();
  });

  test("pauses: the range stands still in the address, and goes on", async () => {
    const { page, close } = await visit(browser, `${site.url}/map?since=1m`);
    await page.locator(".card").first().waitFor();
    await page.keyboard.press("p");
    await page.waitForURL(/from=.*&to=/);
    await page.getByRole("button", { name: "Paused" }).click();
    await page.waitForURL(/since=1m/);
    await page.getByRole("button", { name: "Live" }).waitFor();
    await close();
  });

  test("jumps to a service by typing a part of its name", async () => {
    const { page, close } = await visit(browser, `${site.url}/mesh`);
    await page.getByRole("heading", { level: 1, name: "Mesh" }).waitFor();
    await page.keyboard.press("/");
    await page.getByRole("option").first().waitFor();
    await page.keyboard.type("web");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/service\/web/);
    await page.getByRole("heading", { level: 1, name: "web" }).waitFor();
    await close();
  });

  test("sees the command and the JSON of a panel, and both say what it shows", async () => {
    const { page, close } = await visit(browser, `${site.url}/map?service=web&since=15m`);
    await page.getByRole("button", { name: "Golden signals: command and JSON" }).click();
    await page.getByText("meshwise -p synthetic stat web --step 10s --since 15m").waitFor();
    const href = await page.getByRole("link", { name: /^JSON/ }).getAttribute("href");
    const answer = (await (await fetch(site.url + href)).json()) as { rows: unknown[] };
    expect(answer.rows.length).toBeGreaterThan(1);
    await close();
  });

  test("chooses a route and sees the requests of that one alone, and the address keeps it", async () => {
    const { page, close } = await visit(browser, `${site.url}/service/web`);
    const table = page.getByRole("table", { name: "Routes" });
    const route = table.locator("tbody .route").first();
    const name = (await route.textContent()) ?? "";
    await route.click();
    await page.waitForURL((url) => url.searchParams.get("route") === name);
    await page.locator(".chip", { hasText: name }).waitFor();
    await page.locator(".request").first().waitFor();

    const methods = await page.locator(".request td:nth-child(4)").allTextContents();
    expect(new Set(methods)).toEqual(new Set([name.split(" ")[0] ?? ""]));
    await page.reload();
    await table.locator(`.route[aria-pressed="true"]`, { hasText: name }).click();
    await page.waitForURL((url) => !url.searchParams.has("route") && !url.searchParams.has("destination"));
    await close();
  });

  test("sees on the charts when something changed, by pointer, by keyboard and as a list", async () => {
    const { page, offences, close } = await visit(browser, `${site.url}/service/web`);
    const text = /ejection of web: web.* is given no requests/;
    const mark = page.getByRole("button", { name: text });
    await mark.waitFor();
    expect(await page.locator(".mark").count()).toBe(3); // a line on each chart, one of them for the keyboard

    await mark.focus();
    await page.locator(".mark-label", { hasText: text }).first().waitFor();
    await page.getByRole("listitem").filter({ hasText: "is given no requests" }).waitFor();
    expect(offences).toEqual([]);
    await close();
  });

  test("on a narrow screen has the table, sorts it, and opens the panel", async () => {
    const { page, close, offences } = await visit(browser, `${site.url}/map`, { width: 390, height: 844 });
    const services = page.getByRole("table", { name: "Services by health" });
    await services.getByRole("button", { name: "p99" }).click();
    await services.locator('th[aria-sort="descending"]', { hasText: "p99" }).waitFor();
    await services.locator("tbody .link").first().click();
    await page.locator(".panel h1").waitFor();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(offences).toEqual([]);
    await close();
  });
});

function panelOf(page: Page, service: string) {
  return page.getByRole("complementary", { name: `Service ${service}` });
}
