// The Journeys place: from what visitors come for, by a click on those who are lost, to the service that loses them.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { findings } from "./axe.ts";
import { hasBrowser, launch, type Site, shopSite, visit } from "./support.ts";

describe.skipIf(!hasBrowser)("journeys", () => {
  let site: Site;
  let browser: Browser;
  beforeAll(async () => {
    [site, browser] = await Promise.all([shopSite({ failing: 0.3 }), launch()]);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  test("a click on those who are lost says why, and leads to the service", async () => {
    const { page, offences, close } = await visit(browser, `${site.url}/journeys`);
    await page.getByRole("button", { name: /^POST \/checkout/ }).waitFor();
    await page.getByText("GET /product/{id}").first().waitFor();

    await page
      .getByRole("button", { name: /lost why\?/ })
      .nth(1)
      .click();

    await page.getByText("Why they do not go on after step 2").waitFor();
    await page.getByText(/are lost after POST \/cart: .* status 402/).waitFor();
    expect(new URL(page.url()).searchParams.get("step")).toBe("2");
    await page.getByText(/meshwise tap --destination pay --status 402/).waitFor();
    await page.getByRole("main").getByRole("link", { name: "pay" }).click();
    await page.waitForURL(/\/why\?.*service=pay/);
    expect(offences).toEqual([]);
    await close();
  });

  test("segments are chosen by a button and stay in the address", async () => {
    const { page, close } = await visit(browser, `${site.url}/journeys`);

    await page.getByRole("button", { name: "device", exact: true }).click();

    await page.getByRole("rowheader", { name: "mobile" }).waitFor();
    expect(new URL(page.url()).searchParams.get("by")).toBe("device");
    await close();
  });

  test.each(["light", "dark"] as const)("can be used by everybody, %s", async (theme) => {
    const { page, close } = await visit(browser, `${site.url}/journeys?step=2&by=browser`, { theme });
    await page.getByText("Why they do not go on after step 2").waitFor();
    await page.getByRole("rowheader", { name: "safari" }).waitFor();
    expect(await findings(page)).toEqual([]);
    await close();
  });
});
