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

  test("is reached from the slowest requests of a service", async () => {
    const { page, offences, close } = await visit(browser, `${site.url}/map?service=web`);
    await page.getByLabel("Phases of the mean request").getByText("first byte").waitFor();

    await page
      .getByRole("link", { name: /^The slowest of / })
      .last()
      .click();

    await page.waitForURL(/\/trace\/[0-9a-f]{32}/);
    await page.getByRole("table", { name: /^Calls of the trace/ }).waitFor();
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

  test("shows what a service says of its own work below the call, told apart from what the mesh saw", async () => {
    const { traceId, spanId } = await anExchange();
    await tell(site, traceId, [
      { spanId: "00000000000000a1", parentSpanId: spanId, name: "reserve stock" },
      { spanId: "00000000000000a2", parentSpanId: "00000000000000a1", name: "lock row", error: "none left" },
    ]);

    const { page, offences, close } = await visit(browser, `${site.url}/trace/${traceId}`);

    const own = page.locator(".trace-row.is-own");
    await own.nth(1).waitFor();
    expect(await own.locator(".trace-what").allTextContents()).toEqual(["reserve stock", "lock row"]);
    expect(await own.nth(1).locator(".trace-status").textContent()).toBe("none left");
    expect(await own.getByText("told", { exact: true }).count()).toBe(2);
    await page.getByText("told by the service itself, not seen by the mesh").waitFor();
    expect(await findings(page)).toEqual([]);
    await page.locator(`[data-span="${spanId}"]`).focus();
    await page.keyboard.press("ArrowLeft");
    await own.first().waitFor({ state: "detached" });
    expect(offences).toEqual([]);
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

type ToldSpan = {
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly error?: string;
};

/** As an instrumented service tells its collector. */
async function tell(site: SyntheticSite, traceId: string, told: readonly ToldSpan[]): Promise<void> {
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  const times = { startTimeUnixNano: String(nowNs - 2_000_000n), endTimeUnixNano: String(nowNs) };
  const spans = told.map(({ error, ...span }) => ({
    ...{ traceId, ...span, kind: 1, ...times },
    ...(error !== undefined && { status: { code: 2, message: error } }),
  }));
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "stock" } }] };
  const answer = await fetch(`${site.otlpUrl}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }),
  });
  expect(answer.status).toBe(200);
}
