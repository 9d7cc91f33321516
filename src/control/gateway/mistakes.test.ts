// What the user reads for every kind of mistake: the place and the exact words.
import { expect, test } from "bun:test";
import { objectReader } from "./read.ts";

function read(text: string) {
  return objectReader().read([{ name: "meshwise.yaml", text, origin: "file" }], "shop");
}

function lines(kind: string, apiVersion: string, spec: readonly string[]): string {
  const body = spec.map((line) => `  ${line}\n`).join("");
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\nspec:\n${body}`;
}
const route = (...spec: string[]) => lines("HTTPRoute", "gateway.networking.k8s.io/v1", spec);
const rule = (...keys: string[]) => route("rules:", ...keys.map((key, index) => `${index === 0 ? "- " : "  "}${key}`));
const filter = (text: string, ...more: string[]) => rule(`filters: [${text}]`, ...more);
const match = (text: string) => rule(`matches: [${text}]`, BACKEND);
const gateway = (...spec: string[]) => lines("Gateway", "gateway.networking.k8s.io/v1", spec);
const listener = (text: string) => gateway("gatewayClassName: meshwise", `listeners: [${text}]`);
const tcp = (...spec: string[]) => lines("TCPRoute", "gateway.networking.k8s.io/v1alpha2", spec);
const policy = (...spec: string[]) =>
  lines("TrafficPolicy", "meshwise.dev/v1alpha1", ["targetRefs: [{kind: Service, name: cart}]", ...spec]);

const BACKEND = "backendRefs: [{name: cart, port: 80}]";
const PREFIX = "replacePrefixMatch: /b";

const table: readonly [fact: string, text: string, line: string][] = [
  ["tabs", "a:\n\tb: 1\n", "2:1: YAML: tabs are not allowed as indentation. Indent with spaces."],
  ["a list", "- a\n", "1:1: (the whole file): must be a mapping. Write apiVersion, kind, metadata and spec."],
  [
    "no kind",
    "apiVersion: a\n",
    "1:1: (the whole file): kind is missing. Add kind: one of Gateway, HTTPRoute, TCPRoute, TrafficPolicy, Journey, Objective, Notification.",
  ],
  ["a misspelt kind", "kind: HttpRoutes\n", '1:7: kind: there is no kind HttpRoutes. Did you mean "HTTPRoute"?'],
  [
    "a kind like no other",
    "kind: Pod\n",
    "1:7: kind: there is no kind Pod. Write one of Gateway, HTTPRoute, TCPRoute, TrafficPolicy, Journey, Objective, Notification.",
  ],
  [
    "a kind that comes with HTTP/2",
    "a: 1\nkind: GRPCRoute\n",
    "2:7: kind: GRPCRoute is not supported. It comes with HTTP/2; until then gRPC is carried as bytes.",
  ],
  ["a kind that comes with TLS", "kind: TLSRoute\n", "1:7: kind: TLSRoute is not supported. It comes with TLS."],
  [
    "a kind of many namespaces",
    "kind: ReferenceGrant\n",
    "1:7: kind: ReferenceGrant is not supported. All objects of a project are in one namespace; remove it.",
  ],
  [
    "no apiVersion",
    "kind: Gateway\n",
    "1:1: (the whole file): apiVersion is missing. Add apiVersion: gateway.networking.k8s.io/v1.",
  ],
  [
    "another apiVersion",
    "kind: TrafficPolicy\napiVersion: meshwise.dev/v2\n",
    "2:13: apiVersion: TrafficPolicy is not in meshwise.dev/v2. Write meshwise.dev/v1alpha1.",
  ],
  [
    "no name",
    "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {}\nspec: {}\n",
    "3:1: metadata: name is missing. Add name.",
  ],
  [
    "a name that is none",
    "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: Cart_1}\nspec: {}\n",
    '3:18: metadata.name: "Cart_1" is not allowed here. Write lower-case letters, digits, - and dots.',
  ],
  [
    "another namespace",
    "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: a, namespace: prod}\nspec: {rules: [{backendRefs: [{name: a, port: 1}]}]}\n",
    '3:32: metadata.namespace: "prod" is not the namespace of this project, which is shop. Remove it.',
  ],
  [
    "no spec",
    "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: a}\n",
    "1:1: (the whole file): spec is missing. Add spec.",
  ],
  ["an unknown key", route("rulez: []"), '5:3: spec.rulez: unknown key. Did you mean "rules"?'],
  ["a key like no other", route("zebra: []"), "5:3: spec.zebra: unknown key. Remove it."],
  [
    "the same object twice",
    `${rule(BACKEND)}---\n${rule(BACKEND)}`,
    "8: metadata.name: httproute/a is in meshwise.yaml:1 too. Rename one of the two.",
  ],

  // ── parents and hosts ──
  [
    "one parent twice",
    route("parentRefs: [{name: g}, {name: g}]"),
    "5:27: spec.parentRefs[1]: this parent is there twice. Keep one of the two.",
  ],
  [
    "a parent as a whole and in part",
    route("parentRefs: [{name: g, sectionName: a}, {name: g}]"),
    "5:43: spec.parentRefs[1]: g is a parent more than once, and not each time with a section or port. Give each of them a sectionName or a port, or keep the one without.",
  ],
  [
    "a host with a port",
    route("hostnames: [a.example:80]"),
    '5:15: spec.hostnames[0]: "a.example:80" is not allowed here. Write a host name in lower case without port, such as shop.example.com or *.example.com.',
  ],
  [
    "an address as host",
    route("hostnames: [10.0.0.1]"),
    "5:15: spec.hostnames[0]: 10.0.0.1 is an address. Write a host name, or leave it out.",
  ],
  [
    "a port out of range",
    route("parentRefs: [{name: g, port: 70000}]"),
    "5:32: spec.parentRefs[0].port: must be at most 65535, not 70000. Write a smaller number.",
  ],

  // ── matches ──
  ["no rule", route("rules: []"), "5:10: spec.rules: is empty. Add at least one item."],
  [
    "a path type of Ingress",
    match("{path: {type: Prefix, value: /a}}"),
    '6:29: spec.rules[0].matches[0].path.type: "Prefix" is not one of Exact, PathPrefix, RegularExpression. Write Exact or PathPrefix or RegularExpression.',
  ],
  [
    "a path without /",
    match("{path: {value: a}}"),
    '6:30: spec.rules[0].matches[0].path.value: "a" does not begin with /. Begin it with /.',
  ],
  [
    "an empty segment",
    match("{path: {value: /a//b}}"),
    '6:30: spec.rules[0].matches[0].path.value: "/a//b" has an empty segment. Write one / only.',
  ],
  [
    "a dot segment",
    match("{path: {value: /a/../b}}"),
    '6:30: spec.rules[0].matches[0].path.value: "/a/../b" has a . or .. segment, which no request has. Write the path without it.',
  ],
  [
    "an encoded slash",
    match("{path: {value: /a%2Fb}}"),
    '6:30: spec.rules[0].matches[0].path.value: "/a%2Fb" has an encoded /. Match it with a RegularExpression.',
  ],
  [
    "a query in a path",
    match("{path: {value: '/a?b'}}"),
    '6:30: spec.rules[0].matches[0].path.value: "/a?b" has a query. Match it with queryParams.',
  ],
  [
    "a space in a path",
    match("{path: {value: /a b}}"),
    '6:30: spec.rules[0].matches[0].path.value: "/a b" has a character that no path has. Write it percent-encoded, such as %20.',
  ],
  [
    "a regular expression with look-ahead",
    match("{path: {type: RegularExpression, value: '/(?=a)'}}"),
    '6:55: spec.rules[0].matches[0].path.value: "/(?=a)" is no regular expression (invalid or unsupported Perl syntax: `(?=`). Write it in RE2\'s syntax: no look-around, no back-references.',
  ],
  [
    "a broken regular expression in a header",
    match("{headers: [{name: a, type: RegularExpression, value: '['}]}"),
    '6:68: spec.rules[0].matches[0].headers[0].value: "[" is no regular expression (missing closing ]: `[`). Write it in RE2\'s syntax: no look-around, no back-references.',
  ],
  [
    "one header twice",
    match("{headers: [{name: x-a, value: b}, {name: X-A, value: c}]}"),
    "6:56: spec.rules[0].matches[0].headers[1].name: is there twice. Keep one of the two.",
  ],
  [
    "a header name with a space",
    match("{headers: [{name: x a, value: b}]}"),
    '6:33: spec.rules[0].matches[0].headers[0].name: "x a" is not allowed here. Write a header name of RFC 9110, such as x-version.',
  ],
  [
    "a header value that YAML reads as a number",
    match("{headers: [{name: a, value: 1}]}"),
    "6:43: spec.rules[0].matches[0].headers[0].value: must be text, not 1. Write text.",
  ],
  [
    "a method in lower case",
    match("{method: get}"),
    '6:24: spec.rules[0].matches[0].method: "get" is not one of GET, HEAD, POST, PUT, DELETE, CONNECT, OPTIONS, TRACE, PATCH. Did you mean "GET"?',
  ],
  [
    "two rules of one name",
    route("rules:", "- {name: a, backendRefs: [{name: b, port: 1}]}", "- {name: a, backendRefs: [{name: b, port: 1}]}"),
    "7:12: spec.rules[1].name: another rule has this name. Keep one of the two.",
  ],

  // ── backends ──
  [
    "a backend without port",
    rule("backendRefs: [{name: cart}]"),
    "6:19: spec.rules[0].backendRefs[0]: port is missing. Add the port on which the service listens.",
  ],
  [
    "a negative weight",
    rule("backendRefs: [{name: a, port: 1, weight: -1}]"),
    "6:46: spec.rules[0].backendRefs[0].weight: must be at least 0, not -1. Write a larger number.",
  ],

  // ── filters ──
  [
    "a filter without its settings",
    filter("{type: CORS}", BACKEND),
    "6:15: spec.rules[0].filters[0]: cors is missing. Add cors.",
  ],
  [
    "settings of another filter",
    filter("{type: CORS, cors: {}, urlRewrite: {}}", BACKEND),
    "6:50: spec.rules[0].filters[0].urlRewrite: does not belong to a filter of type CORS. Remove it, or correct the type.",
  ],
  [
    "one filter twice",
    filter("{type: CORS, cors: {}}, {type: CORS, cors: {}}", BACKEND),
    "6:46: spec.rules[0].filters[1].type: this filter is there twice. Keep one of the two.",
  ],
  [
    "a redirect and a rewrite",
    filter("{type: RequestRedirect, requestRedirect: {port: 1}}, {type: URLRewrite, urlRewrite: {hostname: a}}"),
    "6:68: spec.rules[0].filters[1]: URLRewrite and RequestRedirect exclude each other. Keep one of the two.",
  ],
  [
    "a redirect with backends",
    filter("{type: RequestRedirect, requestRedirect: {port: 1}}", BACKEND),
    "6:56: spec.rules[0].filters[0].requestRedirect: a rule that redirects has no backends. Remove backendRefs, or the redirect.",
  ],
  [
    "a status that redirects nowhere",
    filter("{type: RequestRedirect, requestRedirect: {statusCode: 304}}"),
    "6:69: spec.rules[0].filters[0].requestRedirect.statusCode: 304 is no redirect. Write one of 301, 302, 303, 307, 308.",
  ],
  [
    "a prefix that two matches could have",
    rule(
      "matches: [{path: {value: /a}}, {path: {value: /b}}]",
      `filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, ${PREFIX}}}}]`,
      BACKEND,
    ),
    "7:53: spec.rules[0].filters[0].urlRewrite.path: ReplacePrefixMatch needs a rule with exactly one match, of a PathPrefix. Split the rule, or use ReplaceFullPath.",
  ],
  [
    "a prefix replaced where the match is exact",
    rule(
      "matches: [{path: {type: Exact, value: /a}}]",
      `filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, ${PREFIX}}}}]`,
      BACKEND,
    ),
    "7:53: spec.rules[0].filters[0].urlRewrite.path: ReplacePrefixMatch needs a rule with exactly one match, of a PathPrefix. Split the rule, or use ReplaceFullPath.",
  ],
  [
    "a path change of the other kind",
    filter("{type: URLRewrite, urlRewrite: {path: {type: ReplaceFullPath}}}", BACKEND),
    "6:53: spec.rules[0].filters[0].urlRewrite.path: replaceFullPath is missing. Add replaceFullPath.",
  ],
  [
    "a header that frames the message",
    filter("{type: RequestHeaderModifier, requestHeaderModifier: {remove: [Content-Length]}}", BACKEND),
    "6:78: spec.rules[0].filters[0].requestHeaderModifier.remove[0]: content-length is the mesh's own. Remove it.",
  ],
  [
    "host as a header",
    filter("{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: Host, value: a}]}}", BACKEND),
    "6:75: spec.rules[0].filters[0].requestHeaderModifier.set[0]: host is not a header to change. Use URLRewrite with hostname.",
  ],
  [
    "a line break in a header",
    filter('{type: ResponseHeaderModifier, responseHeaderModifier: {add: [{name: a, value: "b\\r\\nc: d"}]}}', BACKEND),
    "6:94: spec.rules[0].filters[0].responseHeaderModifier.add[0].value: has a control character or a space at its end. Write plain text.",
  ],
  [
    "percent and fraction",
    filter(
      "{type: RequestMirror, requestMirror: {backendRef: {name: a, port: 1}, percent: 5, fraction: {numerator: 1}}}",
      BACKEND,
    ),
    "6:107: spec.rules[0].filters[0].requestMirror.fraction: percent and fraction exclude each other. Keep one of the two.",
  ],
  [
    "more than the whole",
    filter(
      "{type: RequestMirror, requestMirror: {backendRef: {name: a, port: 1}, fraction: {numerator: 2, denominator: 1}}}",
      BACKEND,
    ),
    "6:95: spec.rules[0].filters[0].requestMirror.fraction: is more than the whole. Make numerator at most denominator.",
  ],
  [
    "* and a name",
    filter("{type: CORS, cors: {allowMethods: ['*', GET]}}", BACKEND),
    "6:49: spec.rules[0].filters[0].cors.allowMethods: * stands for all and goes with nothing else. Keep the * alone, or remove it.",
  ],
  [
    "an origin with a path",
    filter("{type: CORS, cors: {allowOrigins: ['https://a.example/b']}}", BACKEND),
    '6:50: spec.rules[0].filters[0].cors.allowOrigins[0]: "https://a.example/b" is not allowed here. Write an origin such as https://example.com or https://*.example.com, or *.',
  ],

  // ── times ──
  [
    "a duration with a fraction",
    rule("timeouts: {request: 1.5s}", BACKEND),
    '6:25: spec.rules[0].timeouts.request: "1.5s" is not allowed here. Write a duration such as 250ms, 10s or 1m30s (GEP-2257: whole numbers of h, m, s, ms).',
  ],
  [
    "a try that is longer than the whole",
    rule("timeouts: {request: 1s, backendRequest: 1500ms}", BACKEND),
    "6:45: spec.rules[0].timeouts.backendRequest: is longer than the 1s of the whole request. Make it at most as long.",
  ],
  [
    "a retry on success",
    rule("retry: {codes: [200]}", BACKEND),
    "6:21: spec.rules[0].retry.codes[0]: must be at least 400, not 200. Write a larger number.",
  ],
  [
    "a cookie's settings for a header",
    rule("sessionPersistence: {type: Header, cookieConfig: {}}", BACKEND),
    "6:54: spec.rules[0].sessionPersistence.cookieConfig: belongs to type Cookie. Remove it, or let the type be Cookie.",
  ],
  [
    "a permanent cookie for ever",
    rule("sessionPersistence: {cookieConfig: {lifetimeType: Permanent}}", BACKEND),
    "6:25: spec.rules[0].sessionPersistence: a Permanent cookie needs an absoluteTimeout. Add absoluteTimeout, such as 24h.",
  ],

  // ── TCPRoute ──
  [
    "a TCPRoute of two rules",
    tcp("rules:", "- {backendRefs: [{name: a, port: 1}]}", "- {backendRefs: [{name: b, port: 1}]}"),
    "6:3: spec.rules: has more than 1 item. Write fewer.",
  ],
  [
    "a TCPRoute to nowhere",
    tcp("rules: [{backendRefs: []}]"),
    "5:25: spec.rules[0].backendRefs: is empty. Add at least one item.",
  ],

  // ── Gateway ──
  [
    "no class",
    gateway("listeners: [{name: a, port: 1, protocol: HTTP}]"),
    "4:1: spec: gatewayClassName is missing. Add gatewayClassName.",
  ],
  ["no listener", listener(""), "6:14: spec.listeners: is empty. Add at least one item."],
  [
    "two listeners of one name",
    listener("{name: a, port: 1, protocol: HTTP}, {name: a, port: 2, protocol: HTTP}"),
    "6:58: spec.listeners[1].name: another listener has this name. Keep one of the two.",
  ],
  [
    "two listeners that nothing tells apart",
    listener("{name: a, port: 1, protocol: HTTP}, {name: b, port: 1, protocol: HTTP}"),
    "6:51: spec.listeners[1]: another listener has the same port, protocol and hostname. Keep one of the two.",
  ],
  [
    "a host for TCP",
    listener("{name: a, port: 1, protocol: TCP, hostname: a.example}"),
    "6:59: spec.listeners[0].hostname: TCP knows no host names. Remove it.",
  ],
  [
    "TLS for HTTP",
    listener("{name: a, port: 1, protocol: HTTP, tls: {}}"),
    "6:55: spec.listeners[0].tls: HTTP has no TLS. Remove it, or write HTTPS or TLS as protocol.",
  ],
  [
    "no selector",
    listener("{name: a, port: 1, protocol: HTTP, allowedRoutes: {namespaces: {from: Selector}}}"),
    "6:78: spec.listeners[0].allowedRoutes.namespaces: selector is missing. Add selector.",
  ],
  [
    "an address that is none",
    gateway(
      "gatewayClassName: meshwise",
      "listeners: [{name: a, port: 1, protocol: HTTP}]",
      "addresses: [{value: localhost}]",
    ),
    "7:23: spec.addresses[0].value: localhost is not an IP address. Write one such as 127.0.0.1 or 0.0.0.0.",
  ],

  // ── TrafficPolicy ──
  [
    "a policy for nothing",
    lines("TrafficPolicy", "meshwise.dev/v1alpha1", ["targetRefs: []"]),
    "5:15: spec.targetRefs: is empty. Add at least one item.",
  ],
  [
    "a section of a service",
    lines("TrafficPolicy", "meshwise.dev/v1alpha1", ["targetRefs: [{kind: Service, name: a, sectionName: b}]"]),
    "5:54: spec.targetRefs[0].sectionName: a service has no sections. Remove it, or name an HTTPRoute.",
  ],
  [
    "nothing to hash",
    policy("loadBalancing: {type: Maglev}"),
    "6:18: spec.loadBalancing: Maglev needs to know what to hash. Add hashOn.",
  ],
  [
    "something to hash for nobody",
    policy("loadBalancing: {hashOn: {type: Address}}"),
    "6:27: spec.loadBalancing.hashOn: belongs to RingHash and Maglev. Remove it, or choose one of these types.",
  ],
  [
    "a hash of no header",
    policy("loadBalancing: {type: RingHash, hashOn: {type: Header}}"),
    "6:43: spec.loadBalancing.hashOn: name is missing. Add the name of the header.",
  ],
  [
    "a misspelt cause",
    policy("retries: {on: [ConnectionFailure]}"),
    '6:18: spec.retries.on[0]: "ConnectionFailure" is not one of ConnectFailure, Reset, 5xx, GatewayError, Retriable4xx, Timeout. Did you mean "ConnectFailure"?',
  ],
  [
    "a backoff beyond its limit",
    policy("retries: {backoff: 2s, maxBackoff: 1s}"),
    "6:22: spec.retries.backoff: is more than maxBackoff. Make it at most as much.",
  ],
  [
    "a share of more than all",
    policy("retries: {budgetPercent: 120}"),
    "6:28: spec.retries.budgetPercent: must be at most 100, not 120. Write a smaller number.",
  ],
  [
    "a limit of no time",
    policy("rateLimits: [{name: a, requests: 1, per: 0s}]"),
    "6:44: spec.rateLimits[0].per: must be longer than nothing. Write one such as 1s.",
  ],
  [
    "a fault that does nothing",
    policy("faults: [{name: a, percent: 5}]"),
    "6:12: spec.faults[0]: does nothing. Add delay, abort or bandwidth.",
  ],
  [
    "two ways to abort",
    policy("faults: [{name: a, abort: {status: 503, reset: true}}]"),
    "6:29: spec.faults[0].abort: must be either a status or a reset. Write one of status: 503 and reset: true.",
  ],
  [
    "statuses the wrong way round",
    policy("health: {active: {path: /a, statuses: {from: 300, to: 200}}}"),
    "6:48: spec.health.active.statuses.from: is more than to. Make it at most as much.",
  ],
];

const objective = (spec: string) => `apiVersion: meshwise.dev/v1alpha1
kind: Objective
metadata: {name: a}
spec:
  ${spec}
`;
const CART = "targetRefs: [{kind: Service, name: cart}]";
const notification = (spec: string) => `apiVersion: meshwise.dev/v1alpha1
kind: Notification
metadata: {name: a}
spec: ${spec}
`;
const ofObjectives: readonly (readonly [what: string, text: string, line: string])[] = [
  [
    "an objective without a goal",
    objective(CART),
    "5:3: spec: availability, latency or conversion is missing. Add one, such as availability: {percent: 99.9} or latency: {percent: 99, within: 300ms}.",
  ],
  [
    "an objective with two goals",
    objective(`${CART}\n  availability: {percent: 99}\n  latency: {percent: 99, within: 1s}`),
    "7:12: spec.latency: an objective has one goal. Write a second Objective for the latency.",
  ],
  [
    "a route of a journey",
    objective("targetRefs: [{kind: Journey, name: buy, route: GET /}]\n  conversion: {}"),
    "5:50: spec.targetRefs[0].route: a journey has steps, and no route. Remove it.",
  ],
  [
    "a conversion against what is not kept any more",
    objective("targetRefs: [{kind: Journey, name: buy}]\n  conversion: {percent: 8}\n  window: 8d"),
    "7:11: spec.window: is longer than visits are kept. Write 7d or less.",
  ],
  [
    "a goal of a hundred percent",
    objective(`${CART}\n  availability: {percent: 100}`),
    "6:27: spec.availability.percent: must be at most 99.999, not 100. Write a smaller number.",
  ],
  [
    "a window longer than figures are kept",
    objective(`${CART}\n  availability: {percent: 99}\n  window: 90d`),
    "7:11: spec.window: is longer than figures are kept. Write 30d or less.",
  ],
  [
    "a target twice",
    objective(`targetRefs: [{kind: Service, name: cart}, {kind: Service, name: cart}]\n  availability: {percent: 99}`),
    "5:45: spec.targetRefs[1]: this target is there twice. Keep one of the two.",
  ],
  [
    "a notification of nobody",
    notification("{}"),
    "4:7: spec: tells nobody. Add webhook: {url: https://…} or file: incidents.jsonl.",
  ],
  [
    "a webhook that is no address",
    notification("{webhook: {url: hooks.example.com}}"),
    '4:23: spec.webhook.url: "hooks.example.com" is not allowed here. Write an address that begins with http:// or https://.',
  ],
];

test.each([...table, ...ofObjectives])("%s", (_, text, line) => {
  expect(read(text).errors).toEqual([`meshwise.yaml:${line}`]);
});

const harmless: readonly [fact: string, text: string, line: string][] = [
  [
    "a rule that leads nowhere",
    rule("name: a"),
    "6:5: spec.rules[0]: answers 500: it has neither backends nor a redirect. Add backendRefs.",
  ],
  [
    "what kubectl adds",
    `${rule(BACKEND)}status: {}\n`,
    "7:1: status: has no effect. Meshwise writes it; see `meshwise get`.",
  ],
];

test.each([...harmless])("%s is a warning", (_, text, line) => {
  const { errors, warnings, objects } = read(text);

  expect(errors).toEqual([]);
  expect(warnings).toEqual([`meshwise.yaml:${line}`]);
  expect(objects).toHaveLength(1);
});

test("all mistakes of a file are told at once, in its order", () => {
  const { errors } = read(`${route("rulez: []")}---\nkind: Pod\n---\n${listener("")}`);

  expect(errors.map((line) => line.split(": ")[0])).toEqual([
    "meshwise.yaml:5:3",
    "meshwise.yaml:7:7",
    "meshwise.yaml:14:14",
  ]);
});

test("a dollar is a dollar: these files have no variables", () => {
  const { objects } = read(match("{path: {type: RegularExpression, value: '/a$'}}"));

  expect(objects[0]?.spec).toMatchObject({ rules: [{ matches: [{ path: { value: "/a$" } }] }] });
});

test("empty documents and comments are nothing", () => {
  expect(read("# nothing\n---\n---\n")).toEqual({ objects: [], errors: [], warnings: [] });
});

test("what did not change is not read again, and is told from where it stands now", () => {
  const reader = objectReader();
  const text = (first: string) => `${first}---\n${rule("name: r", BACKEND).replace("name: a", "name: b")}`;
  const sources = (first: string) =>
    reader.read([{ name: "a.yaml", text: text(first), origin: "file" }], "shop").objects.map(({ source }) => source);

  const [, before] = sources(rule(BACKEND));
  const [, after] = sources(`# one more line\n${rule(BACKEND)}`);

  expect([before, after]).toEqual(["a.yaml:8", "a.yaml:9"]);
});
