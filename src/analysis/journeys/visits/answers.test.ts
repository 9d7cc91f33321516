// What is said of a loss when the mesh itself has changed.
import { expect, test } from "bun:test";
import type { LossAnswer } from "../why/types.ts";
import { besideDeployments, type MarkedChange } from "./answers.ts";

const LOSS: LossAnswer = {
  ...{ schema: "meshwise.dev/answer/v1", question: "", step: 1, state: "not-technical" },
  verdict: "80 of 100 are lost after POST /cart, not for a technical reason: at most 3 % of it can be one",
  lost: {
    ...{ step: 1, entered: 100, visitors: 80, attributable: 0, interval: [0, 0], because: "not-technical" },
    ...{ technicalAtMost: 0.03, moreNeeded: null },
  },
  findings: [],
  segments: [],
  change: { at: "2030-01-31T12:00:00.000Z", before: 0.5, after: 0.8, mix: null },
  assumptions: [],
};
const deployed = (time: string, more: Partial<MarkedChange> = {}): MarkedChange => ({
  ...{ time, kind: "deployment", namespace: "shop", service: "cart", workload: "", version: "2", text: "" },
  ...more,
});

test("more are lost since a version came: that it is not technical is not said", () => {
  const { state, verdict, lost } = besideDeployments(LOSS, [deployed("2030-01-31T11:59:00.000Z")]);

  expect([state, lost.because]).toEqual(["undetermined", "undetermined"]);
  expect(verdict).toBe(
    "80 of 100 are lost after POST /cart; no failure, slowness or place explains it, but it is more since cart 2 came: whether the reason is technical is undetermined",
  );
});

test("nobody can tell, but since which version more are lost is said", () => {
  const open: LossAnswer = {
    ...LOSS,
    state: "undetermined",
    verdict: "80 of 100 are lost after POST /cart; whether the reason is technical is undetermined",
    lost: { ...LOSS.lost, because: "undetermined", technicalAtMost: 0.3 },
  };

  const { state, verdict } = besideDeployments(open, [deployed("2030-01-31T11:59:00.000Z")]);
  expect(state).toBe("undetermined");
  expect(verdict).toEndWith("but it is more since cart 2 came: whether the reason is technical is undetermined");
});

test.each([
  ["long before", LOSS, [deployed("2030-01-31T11:30:00.000Z")]],
  ["another kind of change", LOSS, [deployed("2030-01-31T12:00:00.000Z", { kind: "scaling" })]],
  [
    "fewer are lost since",
    { ...LOSS, change: { ...LOSS.change!, after: 0.4 } },
    [deployed("2030-01-31T12:00:00.000Z")],
  ],
  ["it never changed", { ...LOSS, change: null }, [deployed("2030-01-31T12:00:00.000Z")]],
] as const)("%s: it stays", (_, loss, changes) => {
  expect(besideDeployments(loss, changes)).toBe(loss);
});
