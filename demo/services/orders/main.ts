// Orders: written in one transaction, kept for good. Each brings a mail onto the mailer's queue, sooner or later but surely.
import { openDatabase } from "../lib/database.ts";
import { answering, checkId, notFound, Problem, readObject, runUntilStopped } from "../lib/http.ts";
import { openRedis } from "../lib/redis.ts";
import { mailOf, type Order, readOrder } from "./order.ts";

const QUEUE = "mail:waiting";
const SWEEP_MS = 10_000;
/** "bought together" looks at this many of the newest orders with the product */
const LOOKED_AT = 200;

const redis = openRedis();
const { sql, write, close } = await openDatabase("orders", async (sql) => {
  await sql`CREATE TABLE IF NOT EXISTS orders (
    id TEXT PRIMARY KEY, visitor TEXT NOT NULL, placed BIGINT NOT NULL, body TEXT NOT NULL, mailed INTEGER NOT NULL)`;
  await sql`CREATE TABLE IF NOT EXISTS order_items (
    order_id TEXT NOT NULL, product TEXT NOT NULL, quantity INTEGER NOT NULL, placed BIGINT NOT NULL,
    PRIMARY KEY (order_id, product))`;
  await sql`CREATE INDEX IF NOT EXISTS order_items_by_product ON order_items (product, placed)`;
  await sql`CREATE INDEX IF NOT EXISTS orders_to_mail ON orders (placed) WHERE mailed = 0`;
});

/** The same order twice is one: whoever sends it again did not hear the first answer. */
async function placeOrder(request: Request): Promise<Response> {
  const order = readOrder(await readObject(request));
  const placed = Date.now();
  const isNew = await write(async (sql) => {
    const [row] = await sql`INSERT INTO orders (id, visitor, placed, body, mailed)
      VALUES (${order.order}, ${order.visitor}, ${placed}, ${JSON.stringify(order)}, 0)
      ON CONFLICT (id) DO NOTHING RETURNING id`;
    if (!row) return false;
    const items = order.items.map(({ product, quantity }) => ({ order_id: order.order, product, quantity, placed }));
    await sql`INSERT INTO order_items ${sql(items)}`;
    return true;
  });
  if (isNew) {
    await queueMail(order).catch((error: unknown) => {
      console.error(`order ${order.order}: its mail waits for the next sweep: ${error}`);
    });
  }
  return Response.json({ order: order.order }, { status: 201 });
}

async function queueMail(order: Order): Promise<void> {
  await redis.send("LPUSH", QUEUE, JSON.stringify(mailOf(order)));
  await write((sql) => sql`UPDATE orders SET mailed = 1 WHERE id = ${order.order}`);
}

/** Mails that could not be queued, because the queue was away or we died between. */
async function sweep(): Promise<void> {
  const before = Date.now() - SWEEP_MS;
  const rows: { body: string }[] =
    await sql`SELECT body FROM orders WHERE mailed = 0 AND placed < ${before} ORDER BY placed LIMIT 100`;
  for (const { body } of rows) await queueMail(JSON.parse(body) as Order);
}

/** Only for the visitor who made it. */
async function showOrder(request: Bun.BunRequest<"/orders/:id">): Promise<Response> {
  const visitor = new URL(request.url).searchParams.get("visitor") ?? "";
  const [row]: { body: string }[] =
    await sql`SELECT body FROM orders WHERE id = ${checkId(request.params.id)} AND visitor = ${visitor}`;
  if (!row) throw new Problem(404, "there is no such order");
  return new Response(row.body, { headers: { "content-type": "application/json" } });
}

/** For a checkout that did not hear whether its order was written. */
async function cancelOrder(request: Bun.BunRequest<"/orders/:id">): Promise<Response> {
  const id = checkId(request.params.id);
  await write(async (sql) => {
    await sql`DELETE FROM order_items WHERE order_id = ${id}`;
    await sql`DELETE FROM orders WHERE id = ${id}`;
  });
  return new Response(null, { status: 204 });
}

async function boughtTogether(request: Bun.BunRequest<"/together/:product">): Promise<Response> {
  const product = checkId(request.params.product);
  const rows: { product: string }[] = await sql`
    SELECT product, COUNT(*) AS times FROM order_items
    WHERE product <> ${product} AND order_id IN
      (SELECT order_id FROM order_items WHERE product = ${product} ORDER BY placed DESC LIMIT ${LOOKED_AT})
    GROUP BY product ORDER BY times DESC, product LIMIT 8`;
  return Response.json({ products: rows.map((row) => row.product) });
}

setInterval(() => sweep().catch((error: unknown) => console.error("sweep:", error)), SWEEP_MS);

const server = Bun.serve({
  port: Number(process.env.PORT ?? 8080),
  idleTimeout: 75,
  routes: {
    "/healthz": Response.json({ ok: true }),
    "/orders": { POST: answering(placeOrder) },
    "/orders/:id": { GET: answering(showOrder), DELETE: answering(cancelOrder) },
    "/together/:product": { GET: answering(boughtTogether) },
  },
  fetch: notFound,
});

runUntilStopped("orders", server, async () => {
  redis.close();
  await close();
});
