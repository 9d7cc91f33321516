import { expect, test } from "bun:test";
import { hasBrowser, launch, syntheticSite, visit } from "./support.ts";

test.skipIf(!hasBrowser)(
  "the page says that the observatory is away, and goes on by itself when it is back",
  async () => {
    const site = await syntheticSite({ services: 6, namespaces: 1 });
    const browser = await launch();
    const { page, offences } = await visit(browser, `${site.url}/map`, { isAway: true });
    await page.locator(".request").first().waitFor();
    await page.evaluate(() => Object.assign(window, { isTheSame: true }));

    const restarted = site.restart();
    await page.getByText(/Reconnecting.*Figures are of \d\d:\d\d:\d\d/).waitFor();
    await restarted;
    await page.getByText(/Reconnecting/).waitFor({ state: "detached" });
    const newest = page.locator(".request-toggle").first();
    const before = await newest.textContent();
    await page.waitForFunction((old) => document.querySelector(".request-toggle")?.textContent !== old, before);

    expect(await page.evaluate(() => "isTheSame" in window)).toBe(true);
    expect(offences).toEqual([]);
    await browser.close();
    await site.close();
  },
);
