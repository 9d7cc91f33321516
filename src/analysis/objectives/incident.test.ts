// The document of an incident, step by step.
import { expect, test } from "bun:test";
import type { Objective } from "../../model/objective.ts";
import type { Answer } from "../why/answer.ts";
import { nothingSeen } from "../why/words.ts";
import { closedIncident, explained, openedIncident, withChanges } from "./incident.ts";

const OBJECTIVE: Objective = {
  ...{ name: "web-works", service: "web", namespace: "shop", windowS: 86_400 },
  goal: { kind: "availability", share: 0.999 },
};
const RATE = { burn: 14.4, longS: 120, shortS: 10, long: 20, short: 250 };
const JUDGEMENT = { requests: 1000, bad: 50, budgetLeft: 0.876, burnRates: [RATE] };
const AT_US = 1_700_000_000_000_000;
const opened = openedIncident("0badcafe", OBJECTIVE, JUDGEMENT, RATE, AT_US);

function answer(service: string, confidence: Answer["confidence"], verdict = `${service} fails`): Answer {
  const finding = { rank: 1, class: "service" as const, subject: { service }, since: "", explained: 0.9, sentence: "" };
  return {
    ...nothingSeen({ fromUs: 0, toUs: AT_US }),
    ...{ state: "explained", confidence, verdict, findings: [{ ...finding, evidence: [], path: ["web", service] }] },
  };
}

test("it says what fails, how much faster than allowed, and what is left", () => {
  expect(opened.sentence).toBe(
    "25 % of the requests to web fail, 250 times what web-works allows; 88 % of its budget is left",
  );
  expect(opened.timeline).toEqual([{ time: "2023-11-14T22:13:20.000Z", what: "opened", text: opened.sentence }]);
});

test("a better answer takes the place of one before, and is a line of its own when it names another cause", () => {
  const first = explained(opened, answer("cart", "low"), AT_US);
  const better = explained(first, answer("pay", "high"), AT_US);
  const worse = explained(better, answer("cart", "medium"), AT_US);
  const again = explained(better, answer("pay", "high", "pay fails more"), AT_US);

  expect(worse.why?.verdict).toBe("pay fails");
  expect(again.why?.verdict).toBe("pay fails more");
  expect(again.timeline.map(({ text }) => text).slice(1)).toEqual(["cart fails", "pay fails"]);
});

test("changes stand in its timeline where they happened: its own, those of the way to the cause, those of the mesh", () => {
  const change = (service: string, seconds: number) => ({
    ...{ atUs: AT_US + seconds * 1e6, kind: "deployment" as const, namespace: "shop", service, workload: "" },
    ...{ version: "", text: "version 2" },
  });
  const known = explained(opened, answer("cart", "high"), AT_US + 5e6);
  const changed = withChanges(known, [change("cart", -60), change("stock", -50), change("", 60)]);
  const closed = closedIncident(
    withChanges(changed, [change("cart", -60), change("", 60)]),
    "all is well",
    AT_US + 90e6,
  );

  expect(closed.timeline.map(({ what, text }) => `${what} ${text}`.slice(0, 24))).toEqual([
    "change cart: version 2",
    `opened ${opened.sentence}`.slice(0, 24),
    "cause cart fails",
    "change version 2",
    "closed over after 2 min:",
  ]);
  expect(closed).toMatchObject({ state: "closed", closed: "2023-11-14T22:14:50.000Z" });
});
