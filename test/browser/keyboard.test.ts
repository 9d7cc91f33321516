import { expect, test } from "bun:test";
import { hasBrowser, launch, syntheticSite, visit } from "./support.ts";

test.skipIf(!hasBrowser)("the map is walked by arrow keys, opened by Enter, closed by Escape", async () => {
  const site = await syntheticSite({ services: 12, namespaces: 1 });
  const browser = await launch();
  const { page, offences } = await visit(browser, `${site.url}/map`);
  await page.locator(".card.is-service").first().waitFor();
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("data-node") ?? "");
  const press = async (key: string, until: (id: string) => boolean) => {
    for (let times = 0; times < 60; times++) {
      await page.keyboard.press(key);
      if (until(await focused())) return;
    }
    throw new Error(`${key} led nowhere`);
  };

  await press("Tab", (id) => id !== "");
  expect(await focused()).toBe("outside"); // as a reader would begin: at the left
  await press("ArrowRight", (id) => id.endsWith("/web"));
  const web = await focused();
  await press("ArrowRight", (id) => id !== web);
  const next = await focused();
  const answer = (await (await fetch(`${site.url}/api/v1/map?since=5m`)).json()) as {
    edges: { source: string; target: string }[];
  };
  expect(answer.edges.some(({ source, target }) => source === web && target === next)).toBe(true);

  await page.keyboard.press("Enter");
  await page.locator(".panel h1", { hasText: next.split("/")[1] ?? "" }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".panel").waitFor({ state: "detached" });
  expect(await focused()).toBe(next);
  expect(offences).toEqual([]);
  await browser.close();
  await site.close();
});
