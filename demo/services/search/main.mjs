// Search: an index in memory that follows the catalog. Until it has been read once, nobody is answered.
import { createServer, get } from "node:http";
import { lookUp, makeIndex } from "./index.mjs";

const catalog = process.env.CATALOG_URL ?? "http://catalog:8080";
const REFRESH_MS = Number(process.env.REFRESH_MS ?? 30_000);
const RETRY_MS = 500;
const PER_PAGE = 12;
const FIELDS = ["id", "name", "cents", "category"];

let index;

async function refresh() {
  try {
    index = makeIndex((await fetchJson(`${catalog}/products`)).products);
  } catch (error) {
    console.error(`the catalog could not be read, the index is ${index ? "an old one" : "empty"}: ${error.message}`);
  }
  setTimeout(refresh, index ? REFRESH_MS : RETRY_MS).unref();
}

function fetchJson(url) {
  return new Promise((resolve, reject) => {
    const asking = get(url, { signal: AbortSignal.timeout(2_000) }, async (response) => {
      try {
        const chunks = [];
        for await (const chunk of response) chunks.push(chunk);
        if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`);
        resolve(JSON.parse(Buffer.concat(chunks).toString()));
      } catch (error) {
        reject(error);
      }
    });
    asking.on("error", reject);
  });
}

function answer(request) {
  const url = new URL(request.url, "http://search");
  if (url.pathname === "/healthz") return index ? [200, { ok: true }] : [503, { error: "the catalog is not read yet" }];
  if (url.pathname !== "/search") return [404, { error: "no such page" }];
  if (request.method !== "GET" && request.method !== "HEAD") return [405, { error: "use GET" }];
  if (!index) return [503, { error: "the catalog is not read yet" }];
  const query = (url.searchParams.get("q") ?? "").slice(0, 100);
  const { products, corrected } = lookUp(index, query);
  const pages = Math.max(1, Math.ceil(products.length / PER_PAGE));
  const page = Math.min(Math.max(Number.parseInt(url.searchParams.get("page") ?? "1", 10) || 1, 1), pages);
  const shown = products.slice((page - 1) * PER_PAGE, page * PER_PAGE);
  const rows = shown.map((product) => Object.fromEntries(FIELDS.map((field) => [field, product[field]])));
  return [200, { query, corrected, total: products.length, page, pages, products: rows }];
}

const server = createServer((request, response) => {
  request.resume();
  let [status, body] = [400, { error: "this is no address" }];
  try {
    [status, body] = answer(request);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  const text = JSON.stringify(body);
  const headers = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) };
  response.writeHead(status, isStopping ? { ...headers, Connection: "close" } : headers);
  response.end(request.method === "HEAD" ? undefined : text);
});

let isStopping = false;
function stop() {
  isStopping = true;
  server.close(() => {
    console.log("search has stopped");
    process.exit(0);
  });
  server.closeIdleConnections();
}
process.on("SIGTERM", stop);
process.on("SIGINT", stop);

await refresh();
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env.PORT ?? 8080), () => console.log(`search listens on ${server.address().port}`));
