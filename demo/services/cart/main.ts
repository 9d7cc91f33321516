// The cart: asks the catalog for the price of today, keeps carts in the store.
import { answering, call, Problem, readObject, readText, stopGracefully } from "../lib/http.ts";
import { storeClient } from "../lib/store-client.ts";
import { type Cart, EMPTY, MAX_QUANTITY, withItem } from "./cart.ts";

const catalog = process.env.CATALOG_URL ?? "http://catalog:8080";
const [storeHost = "store", storePort = "7000"] = (process.env.STORE ?? "store:7000").split(":");
const store = storeClient({ host: storeHost, port: Number(storePort), timeoutMs: 2_000, idleMs: 3_000 });

/** the last change begun per cart, so that two changes of one cart never overlap */
const changing = new Map<string, Promise<unknown>>();

async function read(id: string): Promise<Cart> {
  const text = await store.get(`cart/${id}`);
  return text ? (JSON.parse(text) as Cart) : EMPTY;
}

function change<T>(id: string, run: () => Promise<T>): Promise<T> {
  const mine = (changing.get(id) ?? Promise.resolve()).then(run, run);
  changing.set(id, mine);
  const forget = () => {
    if (changing.get(id) === mine) changing.delete(id);
  };
  mine.then(forget, forget);
  return mine;
}

async function addItem(id: string, request: Request): Promise<Response> {
  const body = await readObject(request);
  const quantity = body.quantity ?? 1;
  if (typeof quantity !== "number" || !Number.isInteger(quantity) || quantity < 1 || quantity > MAX_QUANTITY) {
    throw new Problem(400, `quantity must be a whole number from 1 to ${MAX_QUANTITY}`);
  }
  const product = encodeURIComponent(readText(body, "product"));
  const { name, priceCents } = await call<{ name: string; priceCents: number }>(
    "GET",
    `${catalog}/products/${product}`,
  );

  const cart = await change(id, async () => {
    const changed = withItem(await read(id), { product, name, priceCents, quantity });
    await store.put(`cart/${id}`, JSON.stringify(changed));
    return changed;
  });
  return Response.json(cart, { status: 201 });
}

const server = Bun.serve({
  port: Number(process.env.PORT ?? 8080),
  routes: {
    "/healthz": Response.json({ ok: true }),
    "/carts/:id": {
      GET: answering(async (request: Bun.BunRequest<"/carts/:id">) => Response.json(await read(cartId(request)))),
      DELETE: answering(async (request: Bun.BunRequest<"/carts/:id">) => {
        const id = cartId(request);
        await change(id, () => store.delete(`cart/${id}`));
        return new Response(null, { status: 204 });
      }),
    },
    "/carts/:id/items": {
      POST: answering((request: Bun.BunRequest<"/carts/:id/items">) => addItem(cartId(request), request)),
    },
  },
  fetch: () => Response.json({ error: "no such page" }, { status: 404 }),
});

function cartId(request: { readonly params: { readonly id: string } }): string {
  if (/^[A-Za-z0-9-]{1,64}$/.test(request.params.id)) return request.params.id;
  throw new Problem(400, "a cart's id has 1 to 64 letters, digits and hyphens");
}

stopGracefully("cart", server);
console.log(`cart listens on ${server.port}`);
