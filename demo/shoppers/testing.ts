// A shop for tests: a real HTTP server with the storefront's pages, links, forms and cookie, and what a test wants broken.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { originOf } from "./net/client.ts";

export type Seen = {
  readonly method: string;
  readonly path: string;
  readonly address: string;
  /** which connection, counted from 1 */
  readonly connection: number;
  readonly headers: IncomingHttpHeaders;
  readonly form: URLSearchParams;
};

/** Returns true when it has taken the answer on itself. */
export type Fault = (seen: Seen, response: ServerResponse) => boolean;

type Answer = { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string };

const PRODUCTS = ["mug", "lamp", "pot", "pen", "bear"] as const;

export async function testShop({ port = 0, fault }: { port?: number; fault?: Fault } = {}) {
  const seen: Seen[] = [];
  const carts = new Map<string, string[]>();
  const connections = new WeakMap<object, number>();
  let sockets = 0;
  let sessions = 0;

  const server = createServer(async (request, response) => {
    if (!connections.has(request.socket)) connections.set(request.socket, ++sockets);
    const body = await text(request).catch(() => undefined);
    if (body === undefined) return; // whoever asked is gone
    const one: Seen = {
      method: request.method ?? "",
      path: request.url ?? "",
      address: request.socket.remoteAddress ?? "",
      connection: connections.get(request.socket) ?? 0,
      headers: request.headers,
      form: new URLSearchParams(body),
    };
    seen.push(one);
    if (fault?.(one, response)) return;
    const answer = one.path.startsWith("/assets/") ? asset(one) : page(one);
    response.writeHead(answer.status, { "Content-Length": Buffer.byteLength(answer.body ?? ""), ...answer.headers });
    response.end(one.method === "HEAD" ? undefined : answer.body);
  });

  function page(one: Seen): Answer {
    const known = /\bsid=(\w+)/.exec(one.headers.cookie ?? "")?.[1];
    const sid = known ?? `s${++sessions}`;
    const answer = route(one, sid);
    const cookie = { "Set-Cookie": `sid=${sid}; HttpOnly; SameSite=Lax; Path=/` };
    return { ...answer, headers: { ...answer.headers, ...(known ? {} : cookie) } };
  }

  function route({ method, path, form }: Seen, sid: string): Answer {
    const { pathname, searchParams } = new URL(path, "http://shop");
    const cart = carts.get(sid) ?? [];
    switch (`${method} ${pathname.replace(/^(\/\w+\/).*/, "$1")}`) {
      case "GET /":
      case "HEAD /":
        return html(200, `<a href="/category/all">All</a><a href="/category/some">Some</a>${grid(PRODUCTS)}`);
      case "GET /category/":
      case "GET /search":
        return html(200, `${grid(PRODUCTS)}<a rel="next" href="/search?q=a&amp;page=2">More</a>`);
      case "GET /product/":
        return html(200, addForm(pathname.slice("/product/".length)) + grid(PRODUCTS.slice(0, 2)));
      case "POST /cart":
        carts.set(sid, [...cart, form.get("product") ?? ""]);
        return to("/cart");
      case "POST /cart/":
        carts.set(
          sid,
          cart.filter((product) => product !== form.get("product")),
        );
        return to("/cart");
      case "GET /cart":
        return html(200, cart.map(removeForm).join("") + (cart.length > 0 ? '<a href="/checkout">Checkout</a>' : ""));
      case "GET /checkout":
        return cart.length === 0 ? to("/cart") : html(200, checkoutForm(searchParams.get("country")));
      case "POST /checkout":
        if (cart.length === 0) return to("/cart");
        if (!/@.+\./.test(form.get("email") ?? "") || form.get("card")?.length !== 16)
          return html(422, checkoutForm(form.get("country")));
        if (/(0002|9995)$/.test(form.get("card") ?? "")) return html(402, checkoutForm(form.get("country")));
        carts.delete(sid);
        return to(`/order/${sid}`);
      case "GET /order/":
        return html(200, "<h1>Thank you</h1>");
      case "GET /robots.txt":
        return { status: 200, body: "User-agent: *\nDisallow: /cart\nDisallow: /search\n" };
      default:
        return html(404, "");
    }
  }

  await new Promise<void>((listening) => server.listen(port, "127.0.0.1", listening));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    origin: originOf(`http://127.0.0.1:${address.port}`),
    seen,
    /** the paths asked for with this method, without assets */
    paths: (method: string) =>
      seen.filter((one) => one.method === method && !one.path.startsWith("/assets/")).map(({ path }) => path),
    /** closes every connection too, as a crash would */
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function html(status: number, body: string): Answer {
  const head = `<!doctype html><link rel="stylesheet" href="/assets/shop.css"><a href="/">Shop</a><a href="/cart">Cart</a>
<form action="/search"><input name="q" type="search"></form>`;
  return { status, headers: { "Content-Type": "text/html", "Cache-Control": "no-store" }, body: head + body };
}

function to(location: string): Answer {
  return { status: 303, headers: { Location: location } };
}

function grid(products: readonly string[]): string {
  return products
    .map((id) => `<a href="/product/${id}"><img src="/assets/product/${id}.svg" loading="lazy" alt=""></a>`)
    .join("");
}

function addForm(product: string): string {
  return `<form method="post" action="/cart"><input type="hidden" name="product" value="${product}">
<input type="number" name="quantity" value="1"><button>Add</button></form>`;
}

function removeForm(product: string): string {
  return `<form method="post" action="/cart/remove"><input type="hidden" name="product" value="${product}"></form>`;
}

function checkoutForm(country: string | null): string {
  const options = ["DE", "FR", "GB"].map((code) => `<option value="${code}"${code === country ? " selected" : ""}>`);
  return `<form action="/checkout"><select name="country">${options.join("")}</select><button>Change</button></form>
<form method="post" action="/checkout"><input type="hidden" name="country" value="${country ?? "DE"}">
<input name="name"><input name="email" type="email"><textarea name="address"></textarea>
<input type="radio" name="shipping" value="post" checked><input type="radio" name="shipping" value="express">
<input name="card"><button>Buy</button></form>`;
}

function asset({ path, headers }: Seen): Answer {
  const etag = `"${path.length}"`;
  const caching = { ETag: etag, "Cache-Control": "public, max-age=3600" };
  if (headers["if-none-match"] === etag) return { status: 304, headers: caching };
  const type = path.endsWith(".css") ? "text/css" : "image/svg+xml";
  return { status: 200, headers: { ...caching, "Content-Type": type }, body: "x".repeat(500) };
}
