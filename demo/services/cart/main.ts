// The cart: quantities in Redis, one hash per cart that expires, prices from the catalog. Several replicas may change the
// same cart at once, because Redis counts.
import {
  answering,
  call,
  checkId,
  notFound,
  Problem,
  readObject,
  readText,
  readWhole,
  runUntilStopped,
} from "../lib/http.ts";
import { openRedis } from "../lib/redis.ts";
import { type Cart, MAX_QUANTITY, type Product, priced } from "./cart.ts";

const catalog = process.env.CATALOG_URL ?? "http://catalog:8080";
const KEPT_SECONDS = 7 * 24 * 3600;
const MOST_PRODUCTS = 50;
const redis = openRedis();

async function quantities(id: string): Promise<Record<string, number>> {
  const found = (await redis.send("HGETALL", `cart:${id}`)) as Record<string, string>;
  return Object.fromEntries(Object.entries(found).map(([product, quantity]) => [product, Number(quantity)]));
}

async function read(id: string): Promise<Cart> {
  const wanted = await quantities(id);
  const ids = Object.keys(wanted).join(",");
  if (!ids) return priced({}, []);
  const { products } = await call<{ products: Product[] }>("GET", `${catalog}/products?ids=${ids}`);
  return priced(wanted, products);
}

async function addItem(id: string, request: Request): Promise<Response> {
  const body = await readObject(request);
  const quantity = readWhole({ quantity: 1, ...body }, "quantity", 1, MAX_QUANTITY);
  const product = checkId(readText(body, "product"));
  await call<Product>("GET", `${catalog}/products/${product}`); // 404 when nobody sells it
  const key = `cart:${id}`;
  if (Number(await redis.send("HLEN", key)) >= MOST_PRODUCTS) throw new Problem(409, "the cart is full");
  if (Number(await redis.send("HINCRBY", key, product, quantity)) > MAX_QUANTITY) {
    await redis.send("HSET", key, product, MAX_QUANTITY);
  }
  await redis.send("EXPIRE", key, KEPT_SECONDS);
  return Response.json(await read(id), { status: 201 });
}

type OfCart = { readonly params: { readonly id: string } };
const idOf = ({ params }: OfCart) => checkId(params.id);

const server = Bun.serve({
  port: Number(process.env.PORT ?? 8080),
  idleTimeout: 75,
  routes: {
    "/healthz": Response.json({ ok: true }),
    "/carts/:id": {
      GET: answering(async (request: Bun.BunRequest<"/carts/:id">) => Response.json(await read(idOf(request)))),
      DELETE: answering(async (request: Bun.BunRequest<"/carts/:id">) => {
        await redis.send("DEL", `cart:${idOf(request)}`);
        return new Response(null, { status: 204 });
      }),
    },
    "/carts/:id/items": {
      POST: answering((request: Bun.BunRequest<"/carts/:id/items">) => addItem(idOf(request), request)),
    },
    "/carts/:id/items/:product": {
      DELETE: answering(async (request: Bun.BunRequest<"/carts/:id/items/:product">) => {
        await redis.send("HDEL", `cart:${idOf(request)}`, checkId(request.params.product));
        return Response.json(await read(idOf(request)));
      }),
    },
  },
  fetch: notFound,
});

runUntilStopped("cart", server, async () => redis.close());
