import { expect, test } from "bun:test";
import { METHODS } from "../../model/span.ts";
import { OTHER_ROUTE, type RouteBook, routeBook } from "./book.ts";
import { isProof } from "./proof.ts";

const GET = METHODS.indexOf("GET");
const see = (book: RouteBook, path: string, status = 200) =>
  book.nameOf(book.find("shop", "front", GET, path, isProof(status, 0)));

test.each([
  ["/", "GET /"],
  ["/cart/8f3a91c2/items/17", "GET /cart/{id}/items/{id}"],
  ["/users/0192f0c1-7c1e-7b3c-8f4e-3a1b2c3d4e5f", "GET /users/{id}"],
  ["/v1/charges/ch_3MmlLrLkdIwHu7ix0snN0B15", "GET /v1/charges/{id}"],
  ["/api/v1/namespaces/shop/pods/web-5d8f7c9b44-x2x9z", "GET /api/v1/namespaces/shop/pods/{id}"],
  ["/days/2024-05-17", "GET /days/{date}"],
  ["/assets/app.3f2a91c4.js", "GET /assets/{id}.js"],
  ["/assets/index.html", "GET /assets/index.html"],
  ["/oauth2/token", "GET /oauth2/token"],
  ["/v2beta1/models/gpt:predict", "GET /v2beta1/models/gpt:predict"],
  ["/v1/models/42:predict", "GET /v1/models/{id}:predict"],
  ["/odata/Products(42)/Name", "GET /odata/Products({id})/Name"],
  ["/shop.v1.Cart/AddItem", "GET /shop.v1.Cart/AddItem"],
  ["/cart;jsessionid=A1?x=1", "GET /cart"],
  ["/users/jane@example.com", "GET /users/{id}"],
  ["//cart///items/", "GET /cart/items"],
  ["/acme/web.git/info/refs", "GET /acme/web.git/info/refs"],
  ["/users/@me/guilds", "GET /users/@me/guilds"],
  ["/files/3f2a91c4d5e6f708.tar.gz", "GET /files/{id}.tar.gz"],
])("%s is %s", (path, name) => {
  expect(see(routeBook(), path)).toBe(name);
});

const SLUGS = Array.from(
  { length: 60 },
  (_, index) => `${["red", "old", "big"][index % 3]}-shoe-${"abcdefghijklmnopqrst"[index % 20]}x`,
);

test("a place that takes many words is a variable, and what was counted before is counted there", () => {
  const book = routeBook();
  const first = see(book, `/products/${SLUGS[0]}`);

  for (const slug of SLUGS) see(book, `/products/${slug}`);

  expect(first).toBe(`GET /products/${SLUGS[0]}`);
  expect(see(book, `/products/${SLUGS[0]}`)).toBe("GET /products/{id}");
  expect(book.today("shop", "front", first)).toBe("GET /products/{id}");
  expect(see(book, "/products/search")).toBe("GET /products/search");
});

test("a place of names keeps what the API marks as its own", () => {
  const book = routeBook();
  for (const slug of SLUGS) see(book, `/${slug}`);

  expect(see(book, `/${SLUGS[3]}`)).toBe("GET /{id}");
  expect(see(book, "/-/ping")).toBe("GET /-/ping");
  expect(see(book, "/_catalog")).toBe("GET /_catalog");
  expect(see(book, "/@me/devices")).toBe("GET /@me/devices");
});

test("a few words where all else is a hash are values too, and not where they stand alone", () => {
  const tags = ["stable", "edge", "nightly", "1.25.3", "3-alpine", "bullseye"];
  const [mixed, alone] = [routeBook(), routeBook()];
  for (const tag of tags) for (const book of [mixed, alone]) see(book, `/manifests/${tag}`);
  for (let n = 0; n < 100; n++) see(mixed, `/manifests/${(n * 1e9 + 0xabcdef12345).toString(16)}`);

  expect(see(mixed, "/manifests/stable")).toBe("GET /manifests/{id}");
  expect(see(alone, "/manifests/stable")).toBe("GET /manifests/stable");
});

test("things of one kind are known by what stands below them, sooner than by their number", () => {
  const book = routeBook();

  for (const owner of ["octocat", "torvalds", "gaearon", "antirez", "sindre"]) see(book, `/${owner}/tool/issues`);

  expect(see(book, "/nobody/tool/issues")).toBe("GET /{id}/tool/issues");
});

test("paths that are not there make no routes", () => {
  const book = routeBook();

  for (let n = 0; n < 1000; n++) expect(see(book, `/wp-${n}/admin.php`, 404)).toBe(OTHER_ROUTE);

  expect(book.all()).toHaveLength(0);
});

test("a service that answers everything with 200 has a bounded number of routes", () => {
  const book = routeBook({ perService: 50 });

  for (let n = 0; n < 20_000; n++) {
    const word = (of: number) =>
      [...(of * 7919).toString(26)].map((c) => String.fromCharCode(97 + (c.charCodeAt(0) % 26))).join("");
    see(book, `/${word(n)}/${word(n + 7)}/${word(n + 13)}`);
  }

  expect(book.all().filter(({ folded }) => !folded).length).toBeLessThanOrEqual(50);
  expect(book.all().length).toBeLessThanOrEqual(500);
});

test("what was told is the same after a restart, and so is what was learned", () => {
  const before = routeBook();
  for (const slug of SLUGS) see(before, `/products/${slug}`);
  see(before, "/cart/17");

  const after = routeBook();
  after.remember(before.told());

  expect(see(after, "/products/never-seen-before", 404)).toBe("GET /products/{id}");
  expect(after.today("shop", "front", `GET /products/${SLUGS[0]}`)).toBe("GET /products/{id}");
  expect(see(after, "/cart/18", 404)).toBe("GET /cart/{id}");
  expect(
    after
      .all()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(
    before
      .all()
      .map(({ name }) => name)
      .sort(),
  );
});

test("what is declared is called as declared, also what was learned before", () => {
  const book = routeBook();
  const learned = [see(book, "/p/17/reviews"), see(book, "/p/red/reviews")];
  see(book, "/p/new");

  book.declare([{ key: 1, namespace: "shop", name: "front", routes: ["/p/{sku}/reviews", "/p/new", "/static/*"] }]);

  expect(see(book, "/p/blue/reviews")).toBe("GET /p/{sku}/reviews");
  for (const name of learned) expect(book.today("shop", "front", name)).toBe("GET /p/{sku}/reviews");
  expect(see(book, "/p/new")).toBe("GET /p/new");
  expect(see(book, "/static/a/b/c.js")).toBe("GET /static/*");
});
