// Which routes are attached to which parents, after the tables of the Gateway API's conformance tests.
import { expect, test } from "bun:test";
import { compiled, gateway, httpRoute, parentsOf, shop, tcpRoute, wrong } from "./objects.fixture.ts";

const HTTP = "{name: http, port: 80, protocol: HTTP}";
const FRONT = gateway(`listeners: [${HTTP}]`);
const UNATTACHED = "Programmed=False Invalid";

const table: readonly [fact: string, text: string, conditions: readonly string[]][] = [
  ["a service", httpRoute("parentRefs: [{group: '', kind: Service, name: cart}]", "a"), []],
  [
    "a service that is not there",
    httpRoute("parentRefs: [{group: '', kind: Service, name: crt}]", "a"),
    ["Accepted=False NoMatchingParent", UNATTACHED],
  ],
  [
    "a named port of a service",
    httpRoute("parentRefs: [{group: '', kind: Service, name: cart, sectionName: http}]", "a"),
    ["Accepted=False NoMatchingParent", UNATTACHED],
  ],
  [
    "a kind that is no parent",
    httpRoute("parentRefs: [{group: '', kind: ConfigMap, name: cart}]", "a"),
    ["Accepted=False NoMatchingParent", UNATTACHED],
  ],
  ["a gateway", FRONT + httpRoute("parentRefs: [{name: front}]", "a"), []],
  [
    "a gateway that is not there",
    httpRoute("parentRefs: [{name: front}]", "a"),
    ["Accepted=False NoMatchingParent", UNATTACHED],
  ],
  [
    "a parent in another namespace",
    FRONT + httpRoute("parentRefs: [{name: front, namespace: other}]", "a"),
    ["Accepted=False NoMatchingParent", UNATTACHED],
  ],
  ["a listener by its name", FRONT + httpRoute("parentRefs: [{name: front, sectionName: http}]", "a"), []],
  [
    "a listener that is not there",
    FRONT + httpRoute("parentRefs: [{name: front, sectionName: https}]", "a"),
    ["Accepted=False NoMatchingParent", UNATTACHED],
  ],
  [
    "a port without a listener",
    FRONT + httpRoute("parentRefs: [{name: front, port: 8080}]", "a"),
    ["Accepted=False NoMatchingParent", UNATTACHED],
  ],
  [
    "a gateway of another class",
    FRONT.replace("meshwise", "nginx") + httpRoute("parentRefs: [{name: front}]", "a"),
    ["Accepted=False NoMatchingParent", UNATTACHED],
  ],
  [
    "a listener of another protocol",
    gateway("listeners: [{name: tcp, port: 80, protocol: TCP}]") + httpRoute("parentRefs: [{name: front}]", "a"),
    ["Accepted=False NotAllowedByListeners", UNATTACHED],
  ],
  [
    "a listener for no namespace",
    gateway("listeners: [{name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: None}}}]") +
      httpRoute("parentRefs: [{name: front}]", "a"),
    ["Accepted=False NotAllowedByListeners", UNATTACHED],
  ],
  [
    "a listener whose selector takes this namespace",
    gateway(
      "listeners: [{name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {kubernetes.io/metadata.name: shop}}}}}]",
    ) + httpRoute("parentRefs: [{name: front}]", "a"),
    [],
  ],
  [
    "a listener whose selector takes others",
    gateway(
      "listeners: [{name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: Selector, selector: {matchExpressions: [{key: team, operator: Exists}]}}}}]",
    ) + httpRoute("parentRefs: [{name: front}]", "a"),
    ["Accepted=False NotAllowedByListeners", UNATTACHED],
  ],
  [
    "a listener for another host",
    gateway("listeners: [{name: http, port: 80, protocol: HTTP, hostname: a.example}]") +
      httpRoute("parentRefs: [{name: front}]\nhostnames: [b.example]", "a"),
    ["Accepted=False NoMatchingListenerHostname", UNATTACHED],
  ],
  [
    "a backend that is not there",
    httpRoute(
      "parentRefs: [{group: '', kind: Service, name: cart}]\nrules: [{backendRefs: [{name: crt, port: 80}]}]",
      "a",
    ),
    ["ResolvedRefs=False BackendNotFound"],
  ],
  [
    "a backend of another kind",
    httpRoute(
      "parentRefs: [{group: '', kind: Service, name: cart}]\nrules: [{backendRefs: [{kind: Bucket, group: x.example, name: crt}]}]",
      "a",
    ),
    ["ResolvedRefs=False InvalidKind"],
  ],
  [
    "a backend in another namespace",
    httpRoute(
      "parentRefs: [{group: '', kind: Service, name: cart}]\nrules: [{backendRefs: [{name: cart, namespace: b, port: 80}]}]",
      "a",
    ),
    ["ResolvedRefs=False RefNotPermitted"],
  ],
  [
    "a mirror that is not there",
    httpRoute(
      "parentRefs: [{group: '', kind: Service, name: cart}]\nrules: [{filters: [{type: RequestMirror, requestMirror: {backendRef: {name: x, port: 1}}}], backendRefs: [{name: cart, port: 80}]}]",
      "a",
    ),
    ["ResolvedRefs=False BackendNotFound"],
  ],
  [
    "a filter of ours to come, in one rule of two",
    httpRoute(
      "parentRefs: [{group: '', kind: Service, name: cart}]\nrules: [{filters: [{type: ExtensionRef, extensionRef: {}}], backendRefs: [{name: cart, port: 80}]}, {backendRefs: [{name: cart, port: 80}]}]",
      "a",
    ),
    ["PartiallyInvalid=True UnsupportedValue"],
  ],
  [
    "a filter of ours to come, in every rule",
    httpRoute(
      "parentRefs: [{group: '', kind: Service, name: cart}]\nrules: [{filters: [{type: ExternalAuth, externalAuth: {}}], backendRefs: [{name: cart, port: 80}]}]",
      "a",
    ),
    ["Accepted=False UnsupportedValue"],
  ],
  [
    "a default gateway",
    httpRoute("useDefaultGateways: All\nparentRefs: [{group: '', kind: Service, name: cart}]", "a"),
    ["Accepted=False UnsupportedValue"],
  ],
];

test.each([...table])("%s", (_, text, conditions) => {
  expect(parentsOf(compiled(text).view("a"))).toEqual([[...conditions]]);
});

test("a filter that cannot be had is not skipped: its rule answers 500", () => {
  const { config } = compiled(
    httpRoute(
      "parentRefs: [{group: '', kind: Service, name: cart}]\nrules: [{filters: [{type: ExternalAuth, externalAuth: {}}], backendRefs: [{name: cart, port: 80}]}]",
    ),
  );

  expect(config.routing.http[0]?.rules[0]).toMatchObject({ filters: [], backends: [{ weight: 1, filters: [] }] });
  expect(config.routing.http[0]?.rules[0]?.backends[0]).not.toHaveProperty("ref");
});

const hostTable: readonly [listener: string | undefined, route: string[], both: string[] | undefined][] = [
  [undefined, [], []],
  [undefined, ["a.example"], ["a.example"]],
  ["a.example", [], ["a.example"]],
  ["a.example", ["a.example", "b.example"], ["a.example"]],
  ["*.example", ["a.example", "b.a.example"], ["a.example", "b.a.example"]],
  ["*.example", ["example"], undefined],
  ["a.example", ["*.example"], ["a.example"]],
  ["*.a.example", ["*.example"], ["*.a.example"]],
  ["*.example", ["*.a.example"], ["*.a.example"]],
  ["*.example", ["*.ample"], undefined],
  ["b.example", ["a.example", "*.c.example"], undefined],
];

test.each([...hostTable])("hosts of a listener for %p and a route for %p", (listener, route, both) => {
  const { config } = compiled(
    gateway(`listeners: [{name: http, port: 80, protocol: HTTP${listener ? `, hostname: "${listener}"` : ""}}]`) +
      httpRoute(`parentRefs: [{name: front}]\nhostnames: ${JSON.stringify(route)}`),
  );

  expect(config.routing.http[0]?.parents[0]?.hostnames).toEqual(both);
});

test("a route without a section is attached to every listener that lets it in, and each counts it", () => {
  const { config, view } = compiled(
    gateway(
      "listeners: [{name: a, port: 80, protocol: HTTP, hostname: a.example}, {name: b, port: 80, protocol: HTTP, hostname: b.example}, {name: c, port: 81, protocol: HTTP}]",
    ) +
      httpRoute("parentRefs: [{name: front}]\nhostnames: [a.example]", "one") +
      httpRoute("parentRefs: [{name: front, sectionName: c}]", "two"),
  );

  const listeners = view("front")?.status.listeners?.map(({ name, attachedRoutes }) => [name, attachedRoutes]);
  expect(listeners).toEqual([
    ["a", 1],
    ["b", 0],
    ["c", 2],
  ]);
  const ids = new Map(config.routing.gateways.map(({ name, id }) => [id, name]));
  const parents = config.routing.http.map(({ parents }) =>
    parents.map((one) => (one.kind === "gateway" ? ids.get(one.listener) : "")),
  );
  expect(parents).toEqual([["shop/front/a", "shop/front/c"], ["shop/front/c"]]);
});

test("listeners of one port share a socket, one for each address", () => {
  const { config } = compiled(
    gateway(
      "addresses: [{value: 127.0.0.1}, {value: '::1'}]\nlisteners: [{name: a, port: 80, protocol: HTTP, hostname: a.example}, {name: b, port: 80, protocol: HTTP}, {name: c, port: 81, protocol: HTTP}]",
    ),
  );

  expect(config.published.map(({ hostAddress, hostPort, gateway }) => [gateway, hostAddress, hostPort])).toEqual([
    ["shop/front", "127.0.0.1", 80],
    ["shop/front", "::1", 80],
    ["shop/front", "127.0.0.1", 81],
    ["shop/front", "::1", 81],
  ]);
  const [a, b, c] = config.routing.gateways;
  expect(a?.sockets).toEqual(config.published.slice(0, 2).map(({ id }) => id));
  expect(b?.sockets).toEqual(a?.sockets as number[]);
  expect(c?.sockets).toEqual(config.published.slice(2).map(({ id }) => id));
});

const listenerTable: readonly [
  fact: string,
  spec: string,
  gateway: readonly string[],
  listeners: readonly (readonly string[])[],
][] = [
  ["all is well", `listeners: [${HTTP}]`, [], [[]]],
  [
    "TLS",
    `listeners: [{name: https, port: 443, protocol: HTTPS, tls: {}}, ${HTTP}]`,
    [],
    [["Accepted=False UnsupportedProtocol", UNATTACHED], []],
  ],
  [
    "nothing but TLS",
    "listeners: [{name: https, port: 443, protocol: HTTPS, tls: {}}]",
    ["Accepted=False ListenersNotValid", UNATTACHED],
    [["Accepted=False UnsupportedProtocol", UNATTACHED]],
  ],
  [
    "two protocols on one port",
    `listeners: [${HTTP}, {name: tcp, port: 80, protocol: TCP}]`,
    ["Accepted=False ListenersNotValid", UNATTACHED],
    [
      ["Accepted=False ProtocolConflict", "Conflicted=True ProtocolConflict", UNATTACHED],
      ["Accepted=False ProtocolConflict", "Conflicted=True ProtocolConflict", UNATTACHED],
    ],
  ],
  [
    "a kind that does not fit beside one that does",
    "listeners: [{name: http, port: 80, protocol: HTTP, allowedRoutes: {kinds: [{kind: HTTPRoute}, {kind: GRPCRoute}]}}]",
    [],
    [["ResolvedRefs=False InvalidRouteKinds"]],
  ],
  [
    "an address without a value",
    `addresses: [{type: IPAddress}]\nlisteners: [${HTTP}]`,
    ["Accepted=False UnsupportedAddress", UNATTACHED],
    [["Accepted=False UnsupportedAddress", UNATTACHED]],
  ],
  [
    "an address by name",
    `addresses: [{type: Hostname, value: a.example}]\nlisteners: [${HTTP}]`,
    ["Accepted=False UnsupportedAddress", UNATTACHED],
    [["Accepted=False UnsupportedAddress", UNATTACHED]],
  ],
  [
    "infrastructure",
    `infrastructure: {labels: {a: b}}\nlisteners: [${HTTP}]`,
    ["Accepted=False UnsupportedValue", UNATTACHED],
    [["Accepted=False UnsupportedValue", UNATTACHED]],
  ],
];

test.each([...listenerTable])("a gateway: %s", (_, spec, conditions, listeners) => {
  const { status } = compiled(gateway(spec)).view("front") ?? {};

  expect(wrong(status?.conditions)).toEqual([...conditions]);
  expect(status?.listeners?.map((one) => wrong(one.conditions))).toEqual(listeners.map((one) => [...one]));
});

test("a port belongs to the older gateway, and before that to the Compose file", () => {
  const project = shop([{ hostAddress: "::", hostPort: 81, service: "web", targetPort: 80 }]);
  const first = compiled(gateway(`listeners: [${HTTP}]`, "zoo"), { project });
  const text =
    gateway("listeners: [{name: http, port: 80, protocol: HTTP}]", "ant") +
    gateway(`listeners: [${HTTP}]`, "zoo") +
    gateway("listeners: [{name: http, port: 81, protocol: HTTP}]", "bee");

  const { view } = compiled(text, { previous: first.allocation, nowUs: 2e6, project });

  const listener = (name: string) =>
    view(name)?.status.listeners?.[0]?.conditions.find(({ type }) => type === "Accepted");
  expect(listener("zoo")).toMatchObject({ status: "True" });
  expect(listener("ant")).toMatchObject({ reason: "PortUnavailable", message: "port 80 is held by gateway zoo" });
  expect(listener("bee")).toMatchObject({ reason: "PortUnavailable", message: "port 81 is held by service web" });
});

test("nothing tells two TCPRoutes of one port apart: the older one has it, and an HTTPRoute before both", () => {
  const parent = "parentRefs: [{group: '', kind: Service, name: web, port: 80}]";
  const first = compiled(tcpRoute(parent, "older"));
  const both = compiled(tcpRoute(parent, "newer") + tcpRoute(parent, "older"), {
    previous: first.allocation,
    nowUs: 2e6,
  });
  const three = compiled(tcpRoute(parent, "older") + httpRoute(parent, "web"), {
    previous: first.allocation,
    nowUs: 2e6,
  });

  expect(parentsOf(both.view("older"))).toEqual([[]]);
  expect(parentsOf(both.view("newer"))).toEqual([["Accepted=False Conflicted", UNATTACHED]]);
  expect(both.config.routing.tcp.map(({ name }) => name)).toEqual(["shop/older"]);
  expect(parentsOf(three.view("older"))).toEqual([["Accepted=False Conflicted", UNATTACHED]]);
  expect(parentsOf(three.view("web"))).toEqual([[]]);
});
