// Chromium before a real observatory that a synthetic mesh feeds, in a process of its own. What the page must never do, on
// any page and in any test, is watched here: errors, breaches of its own policy, requests to anybody else.
import { setDefaultTimeout } from "bun:test";
import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import type { HostToObservatory } from "../../src/model/messages.ts";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const SHOP_DRIVER = new URL("../support/shop-site.driver.ts", import.meta.url).pathname;
const TROUBLE_DRIVER = new URL("../support/trouble-site.driver.ts", import.meta.url).pathname;
const DRIVER = new URL("../support/synthetic-mesh.driver.ts", import.meta.url).pathname;

/** for everything that is waited for: a machine that tests may be slow */
const PATIENCE_MS = 60_000;
setDefaultTimeout(3 * PATIENCE_MS);

export const hasBrowser = CHROMIUM !== undefined;
if (!hasBrowser) console.warn("skipped: chromium is not installed (apt-get install chromium)");

export type SyntheticSite = {
  readonly url: string;
  /** where services would send OTLP over HTTP */
  readonly otlpUrl: string;
  /** kills the observatory and starts it again on the same port; resolves when it answers */
  restart(): Promise<void>;
  /** what the observatory's host would say */
  tell(message: HostToObservatory): Promise<void>;
  close(): Promise<void>;
};

export async function syntheticSite(options: {
  readonly services: number;
  readonly namespaces: number;
}): Promise<SyntheticSite> {
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = Bun.spawn([process.execPath, DRIVER, ...words, "--visitors", "12"], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const lines = linesOf(child.stdout);
  const nextUrls = async () => JSON.parse((await lines.next()).value ?? "null") as { apiUrl: string; otlpUrl: string };
  const { apiUrl, otlpUrl } = await nextUrls();
  return {
    url: apiUrl,
    otlpUrl,
    async tell(message) {
      child.stdin.write(`${JSON.stringify(message)}\n`);
      await child.stdin.flush();
    },
    async restart() {
      child.stdin.write("restart\n");
      await child.stdin.flush();
      await nextUrls();
    },
    async close() {
      child.stdin.end();
      await child.exited;
    },
  };
}

export type Site = Pick<SyntheticSite, "url" | "close">;

/** A shop with journeys. @param failing share of its purchases that are refused */
export async function shopSite({ failing }: { readonly failing: number }): Promise<Site> {
  return (await driven(SHOP_DRIVER, "--failing", String(failing))).site;
}

export type TroubleSite = Site & { /** a window with what is wrong */ readonly window: string };

/** A shop in which one workload of cart has become slow. */
export async function troubleSite(): Promise<TroubleSite> {
  const { site, told } = await driven(TROUBLE_DRIVER);
  const { from, to } = told as { from: string; to: string };
  return { ...site, window: `from=${from}&to=${to}` };
}

/** A site that is served until its stdin ends, with all that it says of itself. */
async function driven(driver: string, ...words: readonly string[]): Promise<{ site: Site; told: object }> {
  const child = Bun.spawn([process.execPath, driver, ...words], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
  const { value } = await linesOf(child.stdout).next();
  const told = JSON.parse(value ?? "null") as { apiUrl: string };
  const close = async () => {
    child.stdin.end();
    await child.exited;
  };
  return { site: { url: told.apiUrl, close }, told };
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    rest += decoder.decode(chunk, { stream: true });
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
      yield rest.slice(0, end);
      rest = rest.slice(end + 1);
    }
  }
}

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM ?? "", args: FLAGS });
}

export type Visit = {
  readonly page: Page;
  readonly context: BrowserContext;
  /** what it did that it must not do */
  readonly offences: readonly string[];
  close(): Promise<void>;
};

export type VisitOptions = {
  readonly theme?: "light" | "dark";
  readonly width?: number;
  readonly height?: number;
  /** what the browser says of a connection that the test itself cuts */
  readonly isAway?: boolean;
};

export async function visit(browser: Browser, url: string, options: VisitOptions = {}): Promise<Visit> {
  const { theme = "light", width = 1440, height = 900, isAway = false } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const offences: string[] = [];
  page.on("pageerror", (error) => offences.push(`threw ${error.message}`));
  page.on("console", (message) => {
    const isCut = isAway && /ERR_(CONNECTION|INCOMPLETE|EMPTY)/.test(message.text());
    if (message.type() === "error" && !isCut) offences.push(`said ${message.text()}`);
  });
  page.on("request", (request) => {
    const asked = new URL(request.url());
    if (asked.origin !== new URL(url).origin && asked.protocol !== "data:") offences.push(`asked ${asked.href}`);
  });
  await page.goto(url);
  return { page, context, offences, close: () => context.close() };
}
