// The catalog: what the shop sells, in its database. Any number of replicas will do.
import type { SQL } from "bun";
import { openDatabase } from "../lib/database.ts";
import { answering, checkId, idList, notFound, Problem, runUntilStopped } from "../lib/http.ts";
import { readProducts } from "./products.ts";

const CATEGORIES = [
  { slug: "kitchen", name: "Kitchen" },
  { slug: "table", name: "Table" },
  { slug: "light", name: "Light" },
  { slug: "garden", name: "Garden" },
  { slug: "desk", name: "Desk" },
  { slug: "living", name: "Living" },
  { slug: "bath", name: "Bath" },
  { slug: "play", name: "Play" },
] as const;

const { sql, close } = await openDatabase("catalog", prepare);

async function prepare(sql: SQL): Promise<void> {
  await sql`CREATE TABLE IF NOT EXISTS products (
    id TEXT PRIMARY KEY, position INTEGER NOT NULL, category TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL,
    cents INTEGER NOT NULL, grams INTEGER NOT NULL, shape TEXT NOT NULL, colour TEXT NOT NULL, featured INTEGER NOT NULL)`;
  const products = readProducts(await Bun.file(`${import.meta.dir}/products.tsv`).text());
  await sql`DELETE FROM products`;
  await sql`INSERT INTO products ${sql(products)}`;
}

async function listProducts(request: Request): Promise<Response> {
  const query = new URL(request.url).searchParams;
  const category = query.get("category");
  if (query.has("ids")) return json(await byIds(idList(query.get("ids"))));
  if (query.has("featured")) return json(await sql`SELECT * FROM products WHERE featured = 1 ORDER BY position`);
  if (category === null) return json(await sql`SELECT * FROM products ORDER BY position`);
  if (!CATEGORIES.some(({ slug }) => slug === category)) throw new Problem(404, "there is no such category");
  return json(await sql`SELECT * FROM products WHERE category = ${category} ORDER BY position`);
}

async function byIds(ids: readonly string[]): Promise<unknown[]> {
  return ids.length === 0 ? [] : await sql`SELECT * FROM products WHERE id IN ${sql(ids)}`;
}

function json(products: unknown[]): Response {
  return Response.json({ products });
}

async function showProduct(request: Bun.BunRequest<"/products/:id">): Promise<Response> {
  const [product] = await byIds([checkId(request.params.id)]);
  if (!product) throw new Problem(404, "we do not sell this");
  return Response.json(product);
}

const server = Bun.serve({
  port: Number(process.env.PORT ?? 8080),
  idleTimeout: 75,
  routes: {
    "/healthz": Response.json({ ok: true }),
    "/categories": Response.json({ categories: CATEGORIES }),
    "/products": { GET: answering(listProducts) },
    "/products/:id": { GET: answering(showProduct) },
  },
  fetch: notFound,
});

runUntilStopped("catalog", server, close);
