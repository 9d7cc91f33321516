import { expect, test } from "bun:test";
import { DEFAULT_POLICY } from "../../model/traffic-policy.ts";
import { compiled, httpRoute, policy, tcpRoute } from "./objects.fixture.ts";

const CART = "parentRefs: [{group: '', kind: Service, name: cart, port: 8080}]";

test("a rule becomes what workers route by", () => {
  const { config } = compiled(
    httpRoute(
      `${CART}
hostnames: [shop.example, "*.shop.example"]
rules:
- name: canary
  matches:
  - path: {type: Exact, value: /pay}
    method: POST
    headers: [{name: X-Group, value: beta}]
    queryParams: [{name: Who, type: RegularExpression, value: "a|b"}]
  - {}
  filters:
  - type: RequestHeaderModifier
    requestHeaderModifier: {set: [{name: X-A, value: "1"}], remove: [X-B]}
  - type: RequestMirror
    requestMirror: {backendRef: {name: web, port: 80}, fraction: {numerator: 1, denominator: 8}}
  - type: URLRewrite
    urlRewrite: {hostname: in.example, path: {type: ReplaceFullPath, replaceFullPath: /charge}}
  - type: CORS
    cors: {allowOrigins: ["https://*.example"], maxAge: 60}
  backendRefs:
  - {name: cart, port: 8080, weight: 90}
  - {name: cart-v2, port: 8080, weight: 10, filters: [{type: ResponseHeaderModifier, responseHeaderModifier: {add: [{name: x-v, value: "2"}]}}]}
  timeouts: {request: 1m30s, backendRequest: 250ms}
  retry: {codes: [503], attempts: 2, backoff: 10ms}
  sessionPersistence: {type: Header, idleTimeout: 1h}`,
      "cart",
    ),
  );

  expect(config.routing.http).toEqual([
    {
      name: "shop/cart",
      parents: [{ kind: "service", service: "cart", port: 8080, hostnames: ["shop.example", "*.shop.example"] }],
      rules: [
        {
          key: 1,
          name: "shop/cart/canary",
          matches: [
            {
              path: { type: "exact", value: "/pay" },
              method: "POST",
              headers: [{ name: "x-group", type: "exact", value: "beta" }],
              query: [{ name: "Who", type: "regex", value: "a|b" }],
            },
            { path: { type: "prefix", value: "/" }, headers: [], query: [] },
          ],
          filters: [
            { type: "requestHeaders", set: [{ name: "x-a", value: "1" }], add: [], remove: ["x-b"] },
            { type: "mirror", backend: { service: "web", port: 80 }, share: 1 / 8 },
            { type: "rewrite", hostname: "in.example", path: { type: "full", value: "/charge" } },
            {
              type: "cors",
              allowOrigins: ["https://*.example"],
              allowCredentials: false,
              allowMethods: [],
              allowHeaders: [],
              exposeHeaders: [],
              maxAgeS: 60,
            },
          ],
          backends: [
            { ref: { service: "cart", port: 8080 }, weight: 90, filters: [] },
            {
              ref: { service: "cart-v2", port: 8080 },
              weight: 10,
              filters: [{ type: "responseHeaders", set: [], add: [{ name: "x-v", value: "2" }], remove: [] }],
            },
          ],
          timeouts: { requestMs: 90_000, backendRequestMs: 250 },
          retry: { codes: [503], attempts: 2, backoffMs: 10 },
          persistence: { type: "header", name: "x-meshwise-session", idleTimeoutS: 3600, lifetime: "session" },
        },
      ],
    },
  ]);
});

test("a TCPRoute shares connections by weight", () => {
  const { config } = compiled(tcpRoute("parentRefs: [{group: '', kind: Service, name: web, port: 5432}]", "db"));

  expect(config.routing.tcp).toEqual([
    {
      name: "shop/db",
      parents: [{ kind: "service", service: "web", port: 5432 }],
      backends: [{ ref: { service: "cart", port: 80 }, weight: 1, filters: [] }],
    },
  ]);
});

test("the older route comes first, then the name, and what is deleted and written again is new", () => {
  const names = (result: ReturnType<typeof compiled>) => result.config.routing.http.map(({ name }) => name);
  const first = compiled(httpRoute(CART, "m"));
  const second = compiled(httpRoute(CART, "z") + httpRoute(CART, "a") + httpRoute(CART, "m"), {
    previous: first.allocation,
    nowUs: 2e6,
  });
  const without = compiled(httpRoute(CART, "a"), { previous: second.allocation, nowUs: 3e6 });
  const again = compiled(httpRoute(CART, "a") + httpRoute(CART, "m"), { previous: without.allocation, nowUs: 4e6 });

  expect(names(second)).toEqual(["shop/m", "shop/a", "shop/z"]);
  expect(names(again)).toEqual(["shop/a", "shop/m"]);
});

test("a rule keeps its key for the project's life, and no other rule ever gets it", () => {
  const keys = (result: ReturnType<typeof compiled>) =>
    Object.fromEntries(result.config.routing.http.flatMap(({ rules }) => rules.map(({ name, key }) => [name, key])));
  const first = compiled(httpRoute(CART, "a") + httpRoute(CART, "b"));
  const without = compiled(httpRoute(CART, "b"), { previous: first.allocation });
  const third = compiled(httpRoute(CART, "c") + httpRoute(CART, "a") + httpRoute(CART, "b"), {
    previous: JSON.parse(JSON.stringify(without.allocation)),
  });

  expect(keys(first)).toEqual({ "shop/a/0": 1, "shop/b/0": 2 });
  expect(keys(third)).toEqual({ "shop/a/0": 1, "shop/b/0": 2, "shop/c/0": 3 });
});

test("the generation rises with each change of the spec, and only then", () => {
  const first = compiled(httpRoute(CART, "a"));
  const same = compiled(httpRoute(CART, "a"), { previous: first.allocation });
  const changed = compiled(httpRoute(`${CART}\nhostnames: [a.example]`, "a"), { previous: same.allocation });

  const generation = (result: ReturnType<typeof compiled>) => result.view("a")?.metadata.generation;
  expect([first, same, changed].map(generation)).toEqual([1, 1, 2]);
});

test("a policy's fields lie over the defaults, a rule's over its route's", () => {
  const { config } = compiled(
    httpRoute(
      `${CART}\nrules: [{name: pay, backendRefs: [{name: cart, port: 80}]}, {backendRefs: [{name: cart, port: 80}]}]`,
      "r",
    ) +
      policy("targetRefs: [{kind: Service, name: cart}]\nretries: {attempts: 7}\ntimeouts: {idle: 5s}", "service") +
      policy(
        "targetRefs: [{kind: HTTPRoute, name: r}]\nretries: {attempts: 1, backoff: 1ms}\ntimeouts: {request: 1s}",
        "route",
      ) +
      policy("targetRefs: [{kind: HTTPRoute, name: r, sectionName: pay}]\nretries: {attempts: 0}", "rule"),
  );

  expect(config.routing.policies).toEqual({
    cart: {
      ...DEFAULT_POLICY,
      retries: { ...DEFAULT_POLICY.retries, attempts: 7 },
      timeouts: { ...DEFAULT_POLICY.timeouts, idleMs: 5000 },
    },
  });
  expect(config.routing.http[0]?.rules.map((rule) => rule.policy)).toEqual([
    { retries: { attempts: 0, backoffMs: 1 }, timeouts: { requestMs: 1000 } },
    { retries: { attempts: 1, backoffMs: 1 }, timeouts: { requestMs: 1000 } },
  ]);
});
