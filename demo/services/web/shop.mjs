// What the storefront asks of the services behind it, in the words of a shop.
import { call, callOptional } from "./upstream.mjs";

const at = (name) => process.env[`${name.toUpperCase()}_URL`] ?? `http://${name}:8080`;
const [catalog, search, recommendations, cart] = ["catalog", "search", "recommendations", "cart"].map(at);
const [checkout, orders, shipping, inventory] = ["checkout", "orders", "shipping", "inventory"].map(at);

/** the bank may be slow: longer than all of the checkout's own limits for one purchase that goes well */
const PURCHASE_MS = 15_000;
/** what hardly ever changes is asked for once a minute, and by one page at a time */
const FRESH_MS = 60_000;

export const categories = remembered(async () => (await call("GET", `${catalog}/categories`)).categories);
export const countries = remembered(async () => (await call("GET", `${shipping}/countries`)).countries);

export const featured = async () => (await call("GET", `${catalog}/products?featured=1`)).products;
export const productsOf = async (slug) =>
  (await call("GET", `${catalog}/products?category=${encodeURIComponent(slug)}`)).products;
export const product = (id) => call("GET", `${catalog}/products/${encodeURIComponent(id)}`);
export const find = (query, page) => call("GET", `${search}/search?q=${encodeURIComponent(query)}&page=${page}`);

/** undefined when nobody can say */
export const available = async (id) =>
  (await callOptional(`${inventory}/stock?products=${encodeURIComponent(id)}`))?.stock[id];
export const together = async (id) =>
  (await callOptional(`${recommendations}/recommendations/${encodeURIComponent(id)}`))?.products;

export const cartOf = (visitor) => call("GET", `${cart}/carts/${visitor}`);
export const addToCart = (visitor, item) => call("POST", `${cart}/carts/${visitor}/items`, { body: item });
export const removeFromCart = (visitor, id) =>
  call("DELETE", `${cart}/carts/${visitor}/items/${encodeURIComponent(id)}`);

export const deliveries = async (country, grams) =>
  (await call("GET", `${shipping}/options?country=${country}&grams=${grams}`)).options;
export const buy = (key, purchase) =>
  call("POST", `${checkout}/purchases`, {
    body: purchase,
    headers: { "Idempotency-Key": key },
    timeoutMs: PURCHASE_MS,
  });
export const orderOf = (visitor, id) => call("GET", `${orders}/orders/${encodeURIComponent(id)}?visitor=${visitor}`);

/** The last value serves while a new one is fetched, and when none can be. */
function remembered(fetch) {
  let value;
  let asking;
  let until = 0;
  return async () => {
    if (Date.now() < until) return value;
    asking ??= fetch()
      .then((fresh) => {
        value = fresh;
        until = Date.now() + FRESH_MS;
      })
      .finally(() => {
        asking = undefined;
      });
    if (value === undefined) await asking;
    else asking.catch((error) => console.error(error.message));
    return value;
  };
}
