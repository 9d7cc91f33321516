import { expect, test } from "bun:test";
import { acknowledgements } from "./acknowledgements.ts";

function watched() {
  const told: [number, string | undefined][] = [];
  return { told, acks: acknowledgements((version, error) => told.push([version, error])) };
}

test("a version is told once, when the last worker has it", () => {
  const { told, acks } = watched();
  for (const index of [0, 1]) acks.expect(index);

  acks.applied(0, 1, undefined);
  expect(told).toEqual([]);
  acks.applied(1, 1, undefined);
  acks.applied(1, 1, undefined); // the same config with other endpoints

  expect(told).toEqual([[1, undefined]]);
});

test("a worker that died is not waited for, and one that comes back is", () => {
  const { told, acks } = watched();
  for (const index of [0, 1]) acks.expect(index);
  acks.applied(0, 1, undefined);

  acks.lost(1);
  expect(told).toEqual([[1, undefined]]);
  acks.expect(1);
  acks.applied(0, 2, undefined);
  expect(told).toHaveLength(1);
  acks.applied(1, 2, undefined);

  expect(told).toEqual([
    [1, undefined],
    [2, undefined],
  ]);
});

test("a worker that could not take it is told, and so is that it could after all", () => {
  const { told, acks } = watched();
  acks.expect(0);

  acks.applied(0, 3, "no such engine");
  acks.applied(0, 3, undefined);

  expect(told).toEqual([
    [3, "no such engine"],
    [3, undefined],
  ]);
});
