import { expect, test } from "bun:test";
import { declaredJourneys } from "./journeys.ts";
import { objectReader } from "./read.ts";

const head = "apiVersion: meshwise.dev/v1alpha1\nkind: Journey\nmetadata: {name: purchase}\n";
const read = (spec: string) =>
  objectReader().read([{ name: "j.yaml", text: `${head}${spec}`, origin: "file" }], "shop");

test("a journey is told with what it does not say", () => {
  const { objects, errors } = read("spec:\n  steps:\n    - GET /product/{id}\n    - POST /cart\n  window: 1h30m\n");

  expect(errors).toEqual([]);
  expect(declaredJourneys(objects)).toEqual([
    {
      ...{ name: "purchase", steps: ["GET /product/{id}", "POST /cart"], order: "ordered", unit: "session" },
      ...{ exclude: [], reentry: false, windowS: 5400 },
    },
  ]);
});

test.each([
  ["spec: {steps: [POST /cart]}", "spec.steps"],
  ["spec: {steps: [POST /cart > POST /pay, POST /done]}", "the name of a route"],
  ["spec: {steps: [A, B], order: any}", "spec.order"],
  ["spec: {steps: [A, B], window: 0s}", "nobody comes through in no time"],
  ["spec: {steps: [A, B], exclude: [B]}", "is a step"],
  ["spec: {steps: [A, B], windw: 1m}", 'Did you mean "window"?'],
])("%s is refused", (spec, says) => {
  const { errors } = read(spec);

  expect(errors.join("\n")).toContain(says);
});
