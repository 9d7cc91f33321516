import { expect, test } from "bun:test";
import { rightAfterS } from "./case.ts";

test.each([
  ["right from the first on", [true, true], 60],
  ["right and wrong and right again", [true, false, true], 300],
  ["wrong at last", [true, true, false], undefined],
])("the first right answer that stayed so, %s: after %p", (_, rights, seconds) => {
  const at = [60, 150, 300];
  const questions = rights.map((_, index) => ({ atS: at[index] as number }));

  expect(
    rightAfterS(
      questions,
      rights.map((isRight) => ({ isRight })),
    ),
  ).toBe(seconds as number);
});
