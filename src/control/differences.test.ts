import { expect, test } from "bun:test";
import { differences } from "./differences.ts";
import { compiled, shop } from "./gateway/objects.fixture.ts";

const ROUTE = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: canary}
spec:
  parentRefs: [{group: "", kind: Service, name: cart}]
  rules:
    - name: split
      backendRefs:
        - {name: cart, port: 80, weight: 90}
        - {name: cart-v2, port: 80, weight: 10}
      filters:
        - {type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: Authorization, value: Bearer abcdefgh}]}}
`;
const POLICY = `---
apiVersion: meshwise.dev/v1alpha1
kind: TrafficPolicy
metadata: {name: careful}
spec:
  targetRefs: [{group: "", kind: Service, name: cart}]
  timeouts: {request: 2s}
`;
const of = (text: string, project = shop()) => ({
  project,
  objects: text === "" ? [] : compiled(text, { project }).objects,
});
const told = (before: string, after: string) =>
  differences(of(before), of(after)).map(({ service, text }) => `${service}: ${text}`);

test("a change is told by its field, with what it was and what it is", () => {
  const after = ROUTE.replace("weight: 90", "weight: 50").replace("weight: 10", "weight: 50");

  expect(told(ROUTE, ROUTE)).toEqual([]);
  expect(told(ROUTE, after)).toEqual([
    "cart: httproute/canary rules[split].backendRefs[cart].weight 90 → 50, rules[split].backendRefs[cart-v2].weight 10 → 50",
  ]);
});

test("what comes and goes is told of the service that it is about", () => {
  expect(told("", POLICY)).toEqual(["cart: trafficpolicy/careful is new, timeouts.request 2s"]);
  expect(told(POLICY, "")).toEqual(["cart: trafficpolicy/careful was deleted"]);
});

test("a header's value that may be a secret is masked", () => {
  const [text] = told(ROUTE, ROUTE.replace("abcdefgh", "ijklmnop"));

  expect(text).toBe(
    "cart: httproute/canary rules[split].filters[0].requestHeaderModifier.set[Authorization].value *** → ***",
  );
});

test("published ports and calls to the outside are told of the Compose file", () => {
  const port = { hostAddress: "127.0.0.1", hostPort: 8080, service: "web", targetPort: 80 };
  const before = of("", shop([port]));
  const after = of("", { ...shop([{ ...port, hostPort: 9090 }]), egress: { allowed: false } });

  expect(differences(before, after)).toEqual([
    {
      service: "",
      text: "Compose file: egress.allowed true → false, published[web:80].at 127.0.0.1:8080 → 127.0.0.1:9090",
    },
  ]);
});
