// The page of a trace: reached from a request, opened and folded by keys, usable by everybody in both themes.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import type { Answer, TapRow } from "../../src/api/types.ts";
import { findings } from "./axe.ts";
import { hasBrowser, launch, type SyntheticSite, syntheticSite, visit } from "./support.ts";

describe.skipIf(!hasBrowser)("a trace", () => {
  let site: SyntheticSite;
  let browser: Browser;
  beforeAll(async () => {
    [site, browser] = await Promise.all([syntheticSite({ services: 6, namespaces: 1 }), launch()]);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  const anExchange = async () => {
    const response = await fetch(`${site.url}/api/v1/tap?limit=1`);
    return ((await response.json()) as Answer<TapRow>).rows[0] as TapRow;
  };

  test("is reached from a request's details, and says how to have it in a terminal", async () => {
    const { page, offences, close } = await visit(browser, `${site.url}/map?service=web`);
    await page
      .getByRole("button", { name: /^Details of/ })
      .first()
      .click();
    await page.getByRole("link", { name: "What belongs together" }).click();
    await page.waitForURL(/\/trace\/[0-9a-f]{16}/);
    await page.getByRole("table", { name: /^Calls of the trace/ }).waitFor();

    await page.getByRole("button", { name: "Trace: command and JSON" }).click();
    await page.getByText(/^meshwise -p synthetic trace [0-9a-f]{32}$/).waitFor();
    expect(offences).toEqual([]);
    await close();
  });

  test("opens a call by Enter", async () => {
    const { page, close } = await visit(browser, `${site.url}/trace/${(await anExchange()).spanId}`);
    await page.locator(".trace-name").first().focus();
    await page.keyboard.press("Enter");
    await page.getByText(/in itself, of which the trace waited for/).waitFor();
    await close();
  });

  test.each(["light", "dark"] as const)("can be used by everybody, %s", async (theme) => {
    const { page, close } = await visit(browser, `${site.url}/trace/${(await anExchange()).traceId}`, { theme });
    await page.locator(".trace-name").first().click();
    await page.getByText(/in itself, of which the trace waited for/).waitFor();
    expect(await findings(page)).toEqual([]);
    await close();
  });
});
