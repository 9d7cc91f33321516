// The inventory: what is in stock. An order's items are reserved together or not at all, then sold, or given back.
import type { SQL } from "bun";
import { openDatabase } from "../lib/database.ts";
import { answering, call, checkId, idList, notFound, Problem, readObject, runUntilStopped } from "../lib/http.ts";
import { readItems } from "./items.ts";

const catalog = process.env.CATALOG_URL ?? "http://catalog:8080";
/** a reservation that nobody came back for: its checkout died */
const HELD_SECONDS = 600;
const FULL = Number(process.env.STOCK ?? 400);
const LOW = FULL / 4;
const RESTOCK_MS = 15_000;

const { sql, write, close } = await openDatabase("inventory", async (sql) => {
  await sql`CREATE TABLE IF NOT EXISTS stock (product TEXT PRIMARY KEY, available INTEGER NOT NULL CHECK (available >= 0))`;
  await sql`CREATE TABLE IF NOT EXISTS reservations (
    reservation TEXT NOT NULL, product TEXT NOT NULL, quantity INTEGER NOT NULL, since INTEGER NOT NULL,
    PRIMARY KEY (reservation, product))`;
});

const nowSeconds = () => Math.floor(Date.now() / 1000);

/** The same reservation twice is one: whoever asks again did not hear the first answer. */
async function reserve(request: Request): Promise<Response> {
  const body = await readObject(request);
  const reservation = checkId(String(body.order));
  const items = readItems(body.items);
  await write(async (sql) => {
    const [held] = await sql`SELECT 1 FROM reservations WHERE reservation = ${reservation} LIMIT 1`;
    if (held) return;
    for (const { product, quantity } of items) {
      const [left] = await sql`UPDATE stock SET available = available - ${quantity}
        WHERE product = ${product} AND available >= ${quantity} RETURNING available`;
      if (!left) throw new Problem(409, "not enough in stock", { product });
    }
    const rows = items.map((item) => ({ reservation, ...item, since: nowSeconds() }));
    await sql`INSERT INTO reservations ${sql(rows)}`;
  });
  return Response.json({ order: reservation }, { status: 201 });
}

async function sell(request: Bun.BunRequest<"/reservations/:id/sold">): Promise<Response> {
  await write((sql) => sql`DELETE FROM reservations WHERE reservation = ${checkId(request.params.id)}`);
  return new Response(null, { status: 204 });
}

async function release(request: Bun.BunRequest<"/reservations/:id">): Promise<Response> {
  await giveBack(
    (sql) => sql`DELETE FROM reservations WHERE reservation = ${checkId(request.params.id)}
    RETURNING product, quantity`,
  );
  return new Response(null, { status: 204 });
}

type Held = { readonly product: string; readonly quantity: number };

function giveBack(take: (sql: SQL) => Promise<Held[]>): Promise<number> {
  return write(async (sql) => {
    const held = await take(sql);
    // in one order everywhere: two transactions that lock the same rows in two orders would wait for each other
    for (const { product, quantity } of held.toSorted((a, b) => (a.product < b.product ? -1 : 1))) {
      await sql`UPDATE stock SET available = available + ${quantity} WHERE product = ${product}`;
    }
    return held.length;
  });
}

async function showStock(request: Request): Promise<Response> {
  const ids = idList(new URL(request.url).searchParams.get("products"));
  const rows: { product: string; available: number }[] =
    ids.length === 0 ? [] : await sql`SELECT product, available FROM stock WHERE product IN ${sql(ids)}`;
  return Response.json({ stock: Object.fromEntries(rows.map(({ product, available }) => [product, available])) });
}

/** What the catalog sells and we never had is delivered; what runs low is filled up; what nobody fetched goes back. */
async function restock(): Promise<void> {
  const { products } = await call<{ products: { id: string }[] }>("GET", `${catalog}/products`);
  await write(async (sql) => {
    const rows = products.map(({ id }) => ({ product: id, available: FULL }));
    await sql`INSERT INTO stock ${sql(rows)} ON CONFLICT (product) DO NOTHING`;
    await sql`UPDATE stock SET available = ${FULL} WHERE available < ${LOW}`;
  });
  const before = nowSeconds() - HELD_SECONDS;
  const back = await giveBack(
    (sql) => sql`DELETE FROM reservations WHERE since < ${before} RETURNING product, quantity`,
  );
  if (back > 0) console.error(`${back} reserved items were never sold nor released; they are in stock again`);
}

await restock();
setInterval(() => restock().catch((error: unknown) => console.error("restock:", error)), RESTOCK_MS);

const server = Bun.serve({
  port: Number(process.env.PORT ?? 8080),
  idleTimeout: 75,
  routes: {
    "/healthz": Response.json({ ok: true }),
    "/stock": { GET: answering(showStock) },
    "/reservations": { POST: answering(reserve) },
    "/reservations/:id": { DELETE: answering(release) },
    "/reservations/:id/sold": { POST: answering(sell) },
  },
  fetch: notFound,
});

runUntilStopped("inventory", server, close);
