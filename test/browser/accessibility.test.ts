// axe-core on every page, in both themes: nothing serious, nothing critical; contrast is among what it measures.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { hasBrowser, launch, type SyntheticSite, syntheticSite, visit } from "./support.ts";

const AXE = readFileSync(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

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

type Axe = {
  run(options: {
    resultTypes: string[];
  }): Promise<{ violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[] }>;
};

async function findings(page: Page): Promise<string[]> {
  await page.evaluate(AXE); // as the debugger does: the page's own policy forbids foreign scripts
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: Axe }).axe.run({ resultTypes: ["violations"] }),
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
}
