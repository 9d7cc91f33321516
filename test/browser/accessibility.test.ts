// axe-core on every page, in both themes: nothing serious, nothing critical; contrast is among what it measures.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { findings } from "./axe.ts";
import { hasBrowser, launch, type SyntheticSite, syntheticSite, visit } from "./support.ts";

const PAGES = [
  ["the map", "/map", ".card.is-service"],
  ["the map's table", "/map?as=table", ".map-tables tbody tr"],
  ["a service's panel", "/map?service=web", ".panel .chart"],
  ["a service", "/service/web", ".chart"],
  ["the services", "/service", "tbody tr"],
  ["why", "/why?service=web", ".empty"],
  ["journeys", "/journeys", ".empty"],
  ["the mesh", "/mesh", "tbody tr"],
] as const;

describe.skipIf(!hasBrowser)("everybody can use", () => {
  let site: SyntheticSite;
  let browser: Browser;
  beforeAll(async () => {
    [site, browser] = await Promise.all([syntheticSite({ services: 6, namespaces: 1 }), launch()]);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  for (const theme of ["light", "dark"] as const) {
    test.each(PAGES)(`%s, ${theme}`, async (_, path, sign) => {
      const { page, offences, close } = await visit(browser, site.url + path, { theme });
      await page.locator(sign).first().waitFor();
      expect(await findings(page)).toEqual([]);
      expect(offences).toEqual([]);
      await close();
    });
  }
});
