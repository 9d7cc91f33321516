// Objectives and Notifications as a project has them: what the observatory is told, and what their status says.
import { expect, test } from "bun:test";
import { objectivesOf } from "./objectives.ts";
import { compiled, shop } from "./objects.fixture.ts";

const text = `apiVersion: meshwise.dev/v1alpha1
kind: Objective
metadata: {name: cart-works}
spec:
  targetRefs: [{kind: Service, name: cart}, {kind: Service, name: nobody}]
  availability: {percent: 99.9}
---
apiVersion: meshwise.dev/v1alpha1
kind: Objective
metadata: {name: cart-is-fast}
spec:
  targetRefs: [{kind: Service, name: cart, route: "GET /cart/{id}"}]
  latency: {percent: 95, within: 250ms}
  window: 12h
---
apiVersion: meshwise.dev/v1alpha1
kind: Journey
metadata: {name: buy}
spec: {steps: [GET /, POST /pay]}
---
apiVersion: meshwise.dev/v1alpha1
kind: Objective
metadata: {name: people-buy}
spec:
  targetRefs: [{kind: Journey, name: buy}, {kind: Journey, name: nothing}, {kind: Service, name: cart}]
  conversion: {}
---
apiVersion: meshwise.dev/v1alpha1
kind: Objective
metadata: {name: many-buy}
spec:
  targetRefs: [{kind: Journey, name: buy}]
  conversion: {percent: 8.1}
  window: 6h
---
apiVersion: meshwise.dev/v1alpha1
kind: Notification
metadata: {name: on-call}
spec: {webhook: {url: "https://hooks.example.com/abc"}, file: incidents.jsonl}
`;

test("the observatory is told of each target that is there, with its goal in numbers", () => {
  const { objects } = compiled(text);

  expect(objectivesOf(shop(), objects)).toEqual({
    objectives: [
      {
        ...{ name: "cart-works", service: "cart", namespace: "shop" },
        ...{ goal: { kind: "availability", share: 0.999 }, windowS: 30 * 86_400 },
      },
      {
        ...{ name: "cart-is-fast", service: "cart", namespace: "shop", route: "GET /cart/{id}" },
        ...{ goal: { kind: "latency", share: 0.95, withinUs: 250_000 }, windowS: 12 * 3600 },
      },
    ],
    conversions: [
      { name: "people-buy", journey: "buy", namespace: "shop", windowS: 86_400 },
      { name: "many-buy", journey: "buy", namespace: "shop", least: 0.081, windowS: 6 * 3600 },
    ],
    notifications: [{ name: "on-call", webhook: "https://hooks.example.com/abc", file: "/incidents.jsonl" }],
  });
});

test("a target that is not there is said in the status, the others are accepted", () => {
  const { view } = compiled(text);

  const reasons = (name: string) =>
    view(name)?.status.ancestors?.flatMap(({ conditions }) => conditions.map(({ reason }) => reason));
  expect(reasons("cart-works")).toEqual(["Accepted", "TargetNotFound"]);
  expect(reasons("people-buy")).toEqual(["Accepted", "TargetNotFound", "Invalid"]);
  expect(view("on-call")?.status.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual(["Accepted=True"]);
});
