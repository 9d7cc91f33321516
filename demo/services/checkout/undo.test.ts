import { expect, test } from "bun:test";
import { undoList } from "./undo.ts";

test("what was done last is undone first", async () => {
  const undone: string[] = [];
  const undo = undoList("1");
  for (const step of ["reserve", "pay", "order"]) undo.add(step, async () => undone.push(step));

  await undo.run();

  expect(undone).toEqual(["order", "pay", "reserve"]);
});

test("a step that cannot be undone is tried three times and does not keep the others", async () => {
  const undone: string[] = [];
  const undo = undoList("1");
  undo.add("reserve", async () => undone.push("reserve"));
  undo.add("pay", async () => {
    undone.push("pay");
    throw new Error("away");
  });

  expect(await undo.run()).toEqual(["reserve"]);
  expect(undone).toEqual(["pay", "pay", "pay", "reserve"]);
});
