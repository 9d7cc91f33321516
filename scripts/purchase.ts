// Buys something from the shop as a visitor does, page by page: `bun scripts/purchase.ts <url>` prints what, as JSON.
import { type Page, visitor } from "../demo/browser.ts";

const QUANTITY = 2;
const { visit, buy } = visitor(process.argv[2] ?? "http://127.0.0.1:8080");

try {
  console.log(JSON.stringify(await purchase()));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

async function purchase() {
  const home = shows(await visit("/"), "favourites");
  const category = shows(await visit(link(home, "/category/")), "products");
  shows(await visit("/search?q=lmap"), "Showing results for");
  const product = link(category, "/product/").slice("/product/".length);
  const page = shows(await visit(`/product/${product}`), "Bought together");
  for (const asset of [link(page, "/assets/", "src"), "/assets/shop.css"]) shows(await visit(asset), "");
  shows(await visit("/cart", { product, quantity: String(QUANTITY) }), `/product/${product}`);
  const declined = await buy({ card: "4000000000000002" });
  if (declined.status !== 402) throw new Error(`a declined card was answered with ${declined.status}`);
  const order = shows(await buy(), "Thank you");
  return { order: order.url.slice("/order/".length), product, quantity: QUANTITY };
}

function shows(page: Page, text: string): Page {
  if (page.status === 200 && page.html.includes(text)) return page;
  throw new Error(`${page.url} answered ${page.status}, without "${text}"`);
}

function link({ url, html }: Page, start: string, attribute = "href"): string {
  const found = new RegExp(`${attribute}="(${start}[^"]+)"`).exec(html)?.[1];
  if (!found) throw new Error(`${url} has no link to ${start}`);
  return found;
}
