// Each answer is of a fault that there is, and each loss has one.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { faultNamed } from "./catalogue.ts";
import { losses } from "./kinds/losses.ts";

const { answers } = parse(readFileSync(join(import.meta.dir, "..", "answers.yaml"), "utf8")) as {
  answers: Record<string, { state: string; step?: number; at?: string; where?: string }>;
};

test("every answer is of a fault, and every loss has an answer", () => {
  for (const name of Object.keys(answers)) expect([name, faultNamed(name)?.name]).toEqual([name, name]);
  for (const { name } of losses) expect(Object.keys(answers)).toContain(name);
});

test("an answer says where a technical or a business cause is seen", () => {
  for (const [name, { state, step, at, where }] of Object.entries(answers)) {
    expect(["technical", "business", "not-technical", "undetermined", "nothing"]).toContain(state);
    const isSeen = state === "technical" || state === "business";
    expect([name, step !== undefined && at !== undefined && where !== undefined]).toEqual([name, isSeen]);
  }
});
