// The storefront: pages for people, made from the catalog, the cart and the checkout. A visitor is known by a cookie.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { cartPage, homePage, orderPage, problemPage, productPage } from "./pages.mjs";
import { call, UpstreamError } from "./upstream.mjs";

const catalog = process.env.CATALOG_URL ?? "http://catalog:8080";
const cart = process.env.CART_URL ?? "http://cart:8080";
const checkout = process.env.CHECKOUT_URL ?? "http://checkout:8080";
const MAX_FORM_BYTES = 16_384;

const routes = [
  ["GET", /^\/$/, home],
  ["GET", /^\/product\/([^/]+)$/, product],
  ["GET", /^\/cart$/, showCart],
  ["POST", /^\/cart$/, addToCart],
  ["POST", /^\/checkout$/, buy],
  ["GET", /^\/order\/([^/]+)$/, showOrder],
  ["GET", /^\/healthz$/, () => ({ status: 200, html: "ok\n" })],
];

async function home({ url }) {
  const query = url.searchParams.get("q") ?? "";
  const { products } = await call("GET", `${catalog}/products?q=${encodeURIComponent(query)}`);
  return { status: 200, html: homePage({ products, query }) };
}

async function product({ params: [id] }) {
  return { status: 200, html: productPage(await call("GET", `${catalog}/products/${encodeURIComponent(id)}`)) };
}

async function showCart({ visitor }) {
  return { status: 200, html: cartPage(await call("GET", `${cart}/carts/${visitor}`)) };
}

async function addToCart({ visitor, form }) {
  const body = { product: form.get("product") ?? "", quantity: Number(form.get("quantity") ?? 1) };
  await call("POST", `${cart}/carts/${visitor}/items`, { body });
  return { status: 303, location: "/cart" };
}

async function buy({ visitor, form }) {
  const body = { cart: visitor, email: form.get("email") ?? "", card: form.get("card") ?? "" };
  const { order } = await call("POST", `${checkout}/orders`, { body, timeoutMs: 8_000 });
  return { status: 303, location: `/order/${order}` };
}

async function showOrder({ params: [id] }) {
  return { status: 200, html: orderPage(await call("GET", `${checkout}/orders/${encodeURIComponent(id)}`)) };
}

async function answer(request, visitor) {
  const url = new URL(request.url, "http://shop");
  for (const [method, path, handler] of routes) {
    const match = path.exec(url.pathname);
    if (!match || method !== (request.method === "HEAD" ? "GET" : request.method)) continue;
    const form = method === "POST" ? await readForm(request) : undefined;
    return handler({ url, visitor, form, params: match.slice(1).map(decodeURIComponent) });
  }
  return { status: 404, html: problemPage(404, "There is no such page.") };
}

async function readForm(request) {
  let text = "";
  for await (const chunk of request) {
    text += chunk;
    if (text.length > MAX_FORM_BYTES) throw new UpstreamError(413, "That was too much.");
  }
  return new URLSearchParams(text);
}

const server = createServer(async (request, response) => {
  const known = /(?:^|;\s*)visitor=([0-9a-f-]{36})(?:;|$)/.exec(request.headers.cookie ?? "")?.[1];
  const visitor = known ?? randomUUID();
  const {
    status,
    html = "",
    location,
  } = await answer(request, visitor).catch((error) => {
    if (error instanceof URIError) return { status: 400, html: problemPage(400, "This address is not valid.") };
    const status = error instanceof UpstreamError ? error.status : 500;
    if (status >= 500) console.error(`${request.method} ${request.url}: ${error.message}`);
    const text = status >= 500 ? "The shop has a problem. Please try again." : error.message;
    return { status, html: problemPage(status, text) };
  });
  response.writeHead(status, {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Length": Buffer.byteLength(html),
    ...(location ? { Location: location } : {}),
    ...(known ? {} : { "Set-Cookie": `visitor=${visitor}; HttpOnly; SameSite=Lax; Path=/` }),
    ...(isStopping ? { Connection: "close" } : {}),
  });
  response.end(request.method === "HEAD" ? undefined : html);
});

let isStopping = false;
function stop() {
  isStopping = true;
  server.close(() => {
    console.log("web has stopped");
    process.exit(0);
  });
  server.closeIdleConnections();
}
process.on("SIGTERM", stop);
process.on("SIGINT", stop);

server.keepAliveTimeout = 60_000;
server.listen(Number(process.env.PORT ?? 8080), () => console.log(`web listens on ${server.address().port}`));
