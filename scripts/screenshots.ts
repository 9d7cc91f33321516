// The pictures of the README: `npm run demo` in one terminal; in another make the bank slow as it says after a minute or two,
// then `bun scripts/screenshots.ts [url of the map]`, which waits until that is noticed.
import { chromium, type Page } from "playwright-core";

const MAP = process.argv[2] ?? "http://127.0.0.1:7070";
const FOLDER = new URL("../docs/images/", import.meta.url).pathname;
const SIZE = { width: 1360, height: 850 };

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });

async function picture(
  name: string,
  colorScheme: "light" | "dark",
  path: string,
  seen: (page: Page) => Promise<unknown>,
) {
  const page = await browser.newPage({ viewport: SIZE, colorScheme, reducedMotion: "reduce" });
  await page.goto(new URL(path, MAP).href);
  await page.getByText("payment is slow").first().waitFor({ timeout: 120_000 });
  await seen(page);
  await page.waitForTimeout(2_500); // a few beats of the live view
  await page.screenshot({ path: `${FOLDER}${name}.png` });
  await page.close();
}

const card = (name: string) => (page: Page) => page.waitForSelector(`.react-flow__node[data-id="shop/${name}"]`);
await picture("map", "light", "/map", card("payment"));
await picture("map-dark", "dark", "/map?service=payment", card("payment"));
await picture("service", "light", "/service/checkout", (page) => page.waitForSelector(".charts canvas"));
await picture("trace", "light", `/trace/${await purchase()}`, (page) => page.waitForSelector(".trace-row"));
await browser.close();

/** The newest one that is whole: calls are added to a trace for some seconds. */
async function purchase(): Promise<string> {
  const answer = await fetch(new URL("/api/v1/traces?of=payment&since=60s", MAP));
  const { rows } = (await answer.json()) as { rows: readonly { traceId: string; calls: number }[] };
  const most = Math.max(...rows.map(({ calls }) => calls));
  const found = rows.find(({ calls }) => calls === most);
  if (!found) throw new Error("nobody has bought anything in the last minute");
  return found.traceId;
}
