import { expect, test } from "bun:test";
import type { Answer, Finding } from "../../analysis/why/answer.ts";
import { mesh } from "../../analysis/why/facts.fixture.ts";
import { why } from "../../analysis/why/why.ts";
import { news } from "./why-watch.ts";

const slow = { service: 0, metric: "latency", statistic: "mean", at: 1_900_007_500 } as const;
const well = why(mesh({}), slow);
const db = why(mesh({ db: { own: 0.05 } }), slow);
const cart = why(mesh({ cart: { own: 0.05 } }), slow);

test("what is found is told once, what else is found too, and that it is over", async () => {
  const answers: Answer[] = [well, db, db, cart, well, well, db];
  const waits: number[] = [];
  const clock = { sleep: async (ms: number) => void waits.push(ms) };
  const told: (Finding["subject"]["service"] | undefined)[] = [];

  for await (const { findings } of news(async () => answers.shift() as Answer, clock)) {
    told.push(findings[0]?.subject.service);
    if (answers.length === 0) break;
  }

  expect(told).toEqual(["db", "cart", undefined, "db"]);
  expect(waits).toEqual(Array(6).fill(10_000));
});
