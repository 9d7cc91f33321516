// Two hundred services: never all of them at first, each reachable, and all of them when somebody asks.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { eventually } from "../support/eventually.ts";
import { hasBrowser, launch, type SyntheticSite, syntheticSite, visit } from "./support.ts";

const SERVICES = 200;

describe.skipIf(!hasBrowser)("a mesh of two hundred services", () => {
  let site: SyntheticSite;
  let browser: Browser;
  beforeAll(async () => {
    [site, browser] = await Promise.all([syntheticSite({ services: SERVICES, namespaces: 8 }), launch()]);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  test("is folded by namespace, unfolds by a click, folds again", async () => {
    const { page, offences, close } = await visit(browser, `${site.url}/map`);
    const folded = page.locator(".card.is-namespace");
    await folded.first().waitFor();
    expect(await folded.count()).toBe(8);

    await folded.first().click();
    await page.waitForURL(/expand=\w+/);
    await page.locator(".card.is-service").first().waitFor();
    expect(await folded.count()).toBe(7);

    await page.getByRole("button", { name: /^Namespaces/ }).click();
    await page.getByRole("button", { name: "Fold all", exact: true }).click();
    await eventually(async () => (await folded.count()) === 8);
    expect(await page.locator(".card.is-service").count()).toBe(0);
    expect(offences).toEqual([]);
    await close();
  });

  test("is looked at around one service, hop by hop", async () => {
    const { page, offences, close } = await visit(browser, `${site.url}/map?focus=shop/web&up=0&down=1`);
    await page.locator(".card", { hasText: "web" }).first().waitFor();
    const near = await page.locator(".card").count();
    await page.getByText(/\d+ services hidden/).waitFor();

    await page.getByRole("button", { name: "One hop more down" }).click();
    await page.waitForURL(/down=2/);
    await page.waitForFunction((few) => document.querySelectorAll(".card").length > few, near);
    await page.getByRole("button", { name: "Show all services" }).click();
    await page.locator(".card.is-namespace").first().waitFor();
    expect(offences).toEqual([]);
    await close();
  });

  test("is drawn whole when somebody asks for it, with an overview, and is not drawn anew by figures", async () => {
    const { page, offences, close } = await visit(browser, `${site.url}/map?expand=*`);
    await page.waitForFunction((all) => document.querySelectorAll(".card").length >= all, SERVICES);
    await page.getByRole("img", { name: "Overview of the whole map" }).waitFor();

    const place = () =>
      page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>(".react-flow__node")].map((node) => node.style.transform).join(),
      );
    const figures = () => page.locator(".card-figures").allTextContents();
    const [placeBefore, figuresBefore] = [await place(), (await figures()).join()];
    await page.waitForFunction(
      (old) => [...document.querySelectorAll(".card-figures")].map((one) => one.textContent).join() !== old,
      figuresBefore,
    );
    expect(await place()).toBe(placeBefore);
    expect(offences).toEqual([]);
    await close();
  });
});
