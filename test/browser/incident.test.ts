// Objectives and an incident on the page: seen on the Why place, opened by a link, usable by everybody in both themes.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import type { IncidentsAnswer } from "../../src/api/types.ts";
import { eventually } from "../support/eventually.ts";
import { findings } from "./axe.ts";
import { hasBrowser, launch, type SyntheticSite, syntheticSite, visit } from "./support.ts";

describe.skipIf(!hasBrowser)("an incident", () => {
  let site: SyntheticSite;
  let browser: Browser;
  beforeAll(async () => {
    [site, browser] = await Promise.all([syntheticSite({ services: 6, namespaces: 1 }), launch()]);
    const common = { service: "web", namespace: "shop", windowS: 3600 };
    await site.tell({
      objectives: {
        objectives: [
          { ...common, name: "web-is-instant", goal: { kind: "latency", share: 0.99, withinUs: 10 } },
          { ...common, name: "web-works", goal: { kind: "availability", share: 0.5 } },
        ],
        conversions: [],
        notifications: [],
      },
    });
    const incidents = async () => (await (await fetch(`${site.url}/api/v1/incidents`)).json()) as IncidentsAnswer;
    await eventually(async () => (await incidents()).rows.length > 0, { withinMs: 60_000, everyMs: 200 });
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  test("is on the Why place beside the objectives, and leads to what happened", async () => {
    const { page, offences, close } = await visit(browser, `${site.url}/why`);
    const table = page.getByRole("table", { name: /^Objectives/ });
    await table.getByRole("row", { name: /web-is-instant burning/ }).waitFor();
    await table.getByRole("row", { name: /web-works/ }).waitFor();

    await page.getByRole("link", { name: "web-is-instant" }).click();
    await page.waitForURL(/\/incident\/[0-9a-f]{8}/);
    await page.getByRole("heading", { name: "web-is-instant, open" }).waitFor();
    await page
      .getByRole("listitem")
      .filter({ hasText: /^\S+ ?opened/ })
      .first()
      .waitFor();

    await page.getByRole("button", { name: "Incident: command and JSON" }).click();
    await page.getByText(/^meshwise -p synthetic incidents [0-9a-f]{8}$/).waitFor();
    expect(offences).toEqual([]);
    await close();
  });

  test.each(["light", "dark"] as const)("can be used by everybody, %s", async (theme) => {
    const { page, close } = await visit(browser, `${site.url}/why`, { theme });
    await page.getByRole("table", { name: /^Objectives/ }).waitFor();
    expect(await findings(page)).toEqual([]);
    await page.getByRole("link", { name: "web-is-instant" }).click();
    await page.getByRole("heading", { name: "web-is-instant, open" }).waitFor();
    expect(await findings(page)).toEqual([]);
    await close();
  });
});
