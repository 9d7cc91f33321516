// The checkout: cart → reserve → delivery → coupon → payment → order → empty the cart. When a step fails, those before it are undone.
import { answering, call, notFound, Problem, readObject, runUntilStopped } from "../lib/http.ts";
import { orderNumber, type Purchase, readPurchase } from "./request.ts";
import { repeat, undoList } from "./undo.ts";

type Item = { readonly product: string; readonly name: string; readonly cents: number; readonly quantity: number };
type Cart = { readonly items: readonly Item[]; readonly totalCents: number; readonly grams: number };
type Delivery = { readonly id: string; readonly name: string; readonly cents: number };

const carts = process.env.CART_URL ?? "http://cart:8080";
const inventory = process.env.INVENTORY_URL ?? "http://inventory:8080";
const coupons = process.env.COUPONS_URL ?? "http://coupons:8080";
const shipping = process.env.SHIPPING_URL ?? "http://shipping:8080";
const payment = process.env.PAYMENT_URL ?? "http://payment:8080";
const orders = process.env.ORDERS_URL ?? "http://orders:8080";
/** the bank may take its time; the buyer's patience is longer than a page's */
const PAYMENT_MS = 6_000;
const REFUND = "refunding it";

/** purchases under way: who sends one again meanwhile gets the same answer */
const underWay = new Map<string, Promise<void>>();

async function buy(request: Request): Promise<Response> {
  const purchase = readPurchase(await readObject(request));
  const key = request.headers.get("idempotency-key") ?? crypto.randomUUID();
  const order = orderNumber(purchase.cart, key);
  let buying = underWay.get(order);
  if (!buying) {
    buying = buyOnce(order, purchase).finally(() => underWay.delete(order));
    underWay.set(order, buying);
  }
  await buying;
  return Response.json({ order }, { status: 201 });
}

async function buyOnce(order: string, purchase: Purchase): Promise<void> {
  const cart = await call<Cart>("GET", `${carts}/carts/${purchase.cart}`);
  if (cart.items.length === 0) {
    if (await exists(order, purchase.cart)) return;
    throw new Problem(409, "the cart is empty");
  }
  const undo = undoList(order);
  try {
    await placeOrder(order, purchase, cart, undo);
  } catch (error) {
    const undone = await undo.run();
    // its charge can never be made again: who tries again does so under another key
    throw error instanceof Problem && undone.includes(REFUND)
      ? new Problem(error.status, error.message, { ...error.more, calledOff: true })
      : error;
  }
  // it is bought: what fails from here on is mended later, and not the buyer's concern
  const after = await Promise.allSettled([
    repeat(() => call("POST", `${inventory}/reservations/${order}/sold`)),
    repeat(() => call("DELETE", `${carts}/carts/${purchase.cart}`)),
  ]);
  for (const one of after) if (one.status === "rejected") console.error(`order ${order} is bought, but ${one.reason}`);
}

async function placeOrder(
  order: string,
  purchase: Purchase,
  { items, totalCents, grams }: Cart,
  undo: ReturnType<typeof undoList>,
): Promise<void> {
  undo.add("releasing its items", () => call("DELETE", `${inventory}/reservations/${order}`));
  const wanted = items.map(({ product, quantity }) => ({ product, quantity }));
  await call("POST", `${inventory}/reservations`, { body: { order, items: wanted }, attempts: 2 });

  const delivery = await deliveryOf(purchase, grams);
  const percent = purchase.coupon ? await percentOf(purchase.coupon) : 0;
  const cents = Math.round((totalCents * (100 - percent)) / 100) + delivery.cents;

  const body = { order, card: purchase.card, cents };
  const refund = () => call("POST", `${payment}/charges/${order}/refund`);
  const { charge } = await unsure(
    call<{ charge: string }>("POST", `${payment}/charges`, { body, timeoutMs: PAYMENT_MS }),
    () => undo.add(REFUND, refund),
  );
  undo.add(REFUND, refund);

  const { name, email, address, country, cart: visitor } = purchase;
  const placed = { order, visitor, name, email, address, country, items, totalCents: cents, charge };
  const deliveredBy = { shipping: delivery.name, shippingCents: delivery.cents };
  await unsure(call("POST", `${orders}/orders`, { body: { ...placed, ...deliveredBy }, attempts: 3 }), () =>
    undo.add("cancelling it", () => call("DELETE", `${orders}/orders/${order}`)),
  );
}

/** A refusal changed nothing. After any other failure nobody knows, so it counts as done. */
async function unsure<T>(step: Promise<T>, countAsDone: () => void): Promise<T> {
  try {
    return await step;
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) countAsDone();
    throw error;
  }
}

async function deliveryOf({ country, shipping: chosen }: Purchase, grams: number): Promise<Delivery> {
  const { options } = await call<{ options: Delivery[] }>(
    "GET",
    `${shipping}/options?country=${country}&grams=${grams}`,
  );
  const delivery = options.find(({ id }) => id === chosen);
  if (delivery) return delivery;
  throw new Problem(422, "no such delivery", { fields: { shipping: "This delivery does not go to your country." } });
}

/** what the coupon takes off */
async function percentOf(code: string): Promise<number> {
  try {
    const { percent } = await call<{ percent: number }>("GET", `${coupons}/coupons/${code.toUpperCase()}`);
    return percent;
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 404) throw error;
    throw new Problem(422, "no such coupon", { fields: { coupon: "We do not know this coupon." } });
  }
}

async function exists(order: string, visitor: string): Promise<boolean> {
  try {
    await call("GET", `${orders}/orders/${order}?visitor=${visitor}`);
    return true;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return false;
    throw error;
  }
}

const server = Bun.serve({
  port: Number(process.env.PORT ?? 8080),
  idleTimeout: 75,
  routes: { "/healthz": Response.json({ ok: true }), "/purchases": { POST: answering(buy) } },
  fetch: notFound,
});

runUntilStopped("checkout", server);
