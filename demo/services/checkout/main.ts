// The checkout: cart → payment → order in the store → a mail. Only the mail may fail without the order failing.
import { answering, call, Problem, readObject, readText, stopGracefully } from "../lib/http.ts";
import { storeClient } from "../lib/store-client.ts";

type Cart = { readonly items: readonly unknown[]; readonly totalCents: number };
type Order = Cart & { readonly order: string; readonly email: string; readonly charge: string };

const cartUrl = process.env.CART_URL ?? "http://cart:8080";
const paymentUrl = process.env.PAYMENT_URL ?? "http://payment:8080";
const mailerUrl = process.env.MAILER_URL ?? "http://mailer:8080";
const [storeHost = "store", storePort = "7000"] = (process.env.STORE ?? "store:7000").split(":");
const store = storeClient({ host: storeHost, port: Number(storePort), timeoutMs: 2_000, idleMs: 3_000 });

async function placeOrder(request: Request): Promise<Response> {
  const body = await readObject(request);
  const cartId = encodeURIComponent(readText(body, "cart"));
  const email = readText(body, "email");
  const card = readText(body, "card");

  const cart = await call<Cart>("GET", `${cartUrl}/carts/${cartId}`);
  if (cart.items.length === 0) throw new Problem(409, "the cart is empty");

  const order = crypto.randomUUID();
  const { charge } = await call<{ charge: string }>(
    "POST",
    `${paymentUrl}/charges`,
    { order, card, cents: cart.totalCents },
    5_000,
  );
  const placed: Order = { order, email, charge, items: cart.items, totalCents: cart.totalCents };
  await store.put(`order/${order}`, JSON.stringify(placed));

  const [emptied, mailed] = await Promise.allSettled([
    call("DELETE", `${cartUrl}/carts/${cartId}`),
    call("POST", `${mailerUrl}/messages`, { to: email, subject: `Your order ${order.slice(0, 8)}` }, 1_000),
  ]);
  if (emptied.status === "rejected") console.error(`order ${order}: its cart is not emptied:`, emptied.reason);
  if (mailed.status === "rejected") console.error(`order ${order}: no mail:`, mailed.reason);
  return Response.json(placed, { status: 201 });
}

async function showOrder(request: Bun.BunRequest<"/orders/:id">): Promise<Response> {
  if (!/^[0-9a-f-]{36}$/.test(request.params.id)) throw new Problem(404, "no such order");
  const text = await store.get(`order/${request.params.id}`);
  if (!text) throw new Problem(404, "no such order");
  return new Response(text, { headers: { "content-type": "application/json" } });
}

const server = Bun.serve({
  port: Number(process.env.PORT ?? 8080),
  routes: {
    "/healthz": Response.json({ ok: true }),
    "/orders": { POST: answering(placeOrder) },
    "/orders/:id": { GET: answering(showOrder) },
  },
  fetch: () => Response.json({ error: "no such page" }, { status: 404 }),
});

stopGracefully("checkout", server);
console.log(`checkout listens on ${server.port}`);
