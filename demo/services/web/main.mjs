// The storefront: pages for people, made from what the services behind it say. A visitor is known by a cookie.
import { createServer } from "node:http";
import { findAsset, isCurrent } from "./assets.mjs";
import { routes } from "./handlers.mjs";
import { problemPage } from "./pages/order.mjs";
import { cookiesFor, sessionOf } from "./session.mjs";
import * as shop from "./shop.mjs";
import { UpstreamError } from "./upstream.mjs";

const MAX_FORM_BYTES = 16_384;
const SHOWS_CART = /^\/(cart|checkout|order)\b/;
const PAGE_HEADERS = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy": "default-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  "Referrer-Policy": "same-origin",
};

async function respond(request, response) {
  const url = new URL(request.url, "http://shop");
  if (url.pathname === "/healthz") return send(request, response, { status: 200, type: "text/plain", body: "ok\n" });
  const isAsset = url.pathname.startsWith("/assets/") || ["/favicon.svg", "/robots.txt"].includes(url.pathname);
  if (isAsset) return await sendAsset(request, response, url.pathname);

  const session = sessionOf(request);
  const { status, page = "", location, count } = await answer(request, url, session);
  send(request, response, {
    status,
    body: page,
    headers: {
      ...PAGE_HEADERS,
      "Cache-Control": SHOWS_CART.test(url.pathname) ? "no-store" : "private, no-cache",
      "Set-Cookie": cookiesFor(session, count === session.count ? undefined : count),
      ...(location ? { Location: location } : {}),
    },
  });
}

async function answer(request, url, session) {
  let frame = { count: session.count };
  try {
    const found = routes
      .map(([method, path, handler]) => ({ method, handler, match: path.exec(url.pathname) }))
      .filter(({ match }) => match);
    frame = { ...frame, categories: await shop.categories() };
    if (found.length === 0) throw new UpstreamError(404, "There is no such page.");
    const method = request.method === "HEAD" ? "GET" : request.method;
    const route = found.find((one) => one.method === method);
    if (!route) throw new UpstreamError(405, "This page does not do that.");
    const form = method === "POST" ? await readForm(request) : undefined;
    return await route.handler({ frame, session, form, query: url.searchParams, params: route.match.slice(1) });
  } catch (error) {
    return problem(error, frame, `${request.method} ${url.pathname}`);
  }
}

/** What a service refused is told to the visitor; that it did not answer is for our log. */
function problem(error, frame, where) {
  const known = error instanceof UpstreamError ? error : undefined;
  const status = known === undefined ? 500 : known.status < 500 ? known.status : 503;
  if (status >= 500) console.error(`${where}: ${known ? known.message : error.stack}`);
  const text = status >= 500 ? "The shop has a problem at the moment. Please try again." : sentence(error.message);
  return { status, page: problemPage(frame, status, text) };
}

function sentence(text) {
  return text[0].toUpperCase() + text.slice(1) + (text.endsWith(".") ? "" : ".");
}

async function readForm(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_FORM_BYTES) throw new UpstreamError(413, "That was too much.");
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

async function sendAsset(request, response, path) {
  const asset = await findAsset(path, (id) =>
    shop.product(id).catch((error) => {
      if (error.status === 404) return undefined;
      throw error;
    }),
  );
  if (!asset) return send(request, response, { status: 404, type: "text/plain", body: "There is no such file.\n" });
  const headers = { "Cache-Control": `public, max-age=${asset.maxAge}`, ETag: asset.etag };
  if (isCurrent(asset, request.headers["if-none-match"])) return send(request, response, { status: 304, headers });
  send(request, response, { status: 200, type: asset.type, body: asset.data, headers });
}

function send(request, response, { status, type, body, headers }) {
  if (request.method === "POST" && !request.complete) response.shouldKeepAlive = false; // a body that nobody reads would stand before the next request
  response.writeHead(status, {
    "X-Content-Type-Options": "nosniff",
    ...(type ? { "Content-Type": type } : {}),
    ...(body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) }),
    ...(isStopping ? { Connection: "close" } : {}),
    ...headers,
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

const server = createServer((request, response) => {
  respond(request, response).catch((error) => {
    const status = error instanceof UpstreamError ? 503 : error instanceof TypeError ? 400 : 500;
    console.error(`${request.method} ${request.url}:`, error);
    if (response.headersSent) response.destroy();
    else send(request, response, { status, type: "text/plain", body: "The shop has a problem. Please try again.\n" });
  });
});

let isStopping = false;
function stop() {
  isStopping = true;
  server.close(() => {
    console.log("web has stopped");
    process.exit(0);
  });
  server.closeIdleConnections();
}
process.on("SIGTERM", stop);
process.on("SIGINT", stop);

server.keepAliveTimeout = 60_000;
server.listen(Number(process.env.PORT ?? 8080), () => console.log(`web listens on ${server.address().port}`));
