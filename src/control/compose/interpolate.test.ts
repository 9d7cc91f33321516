// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is Compose's syntax for variables
import { expect, test } from "bun:test";
import { interpolate } from "./interpolate.ts";

const variables: Readonly<Record<string, string>> = { SET: "yes", EMPTY: "" };
const lookup = (name: string) => variables[name];

test.each([
  ["plain", "plain"],
  ["$SET", "yes"],
  ["${SET}", "yes"],
  ["a$SET-b", "ayes-b"],
  ["$$SET", "$SET"],
  ["$${SET}", "${SET}"],
  ["$NONE.", "."],
  ["${NONE:-d}", "d"],
  ["${NONE-d}", "d"],
  ["${EMPTY:-d}", "d"],
  ["${EMPTY-d}", ""],
  ["${SET:-d}", "yes"],
  ["${SET:+x}", "x"],
  ["${EMPTY:+x}", ""],
  ["${EMPTY+x}", "x"],
  ["${NONE+x}", ""],
  ["${NONE:-${SET}}", "yes"],
  ["${NONE:-a${NONE:-b}c}d", "abcd"],
  ["${SET:-${NONE:?never read}}", "yes"],
  ["${SET:?must}", "yes"],
  ["${NONE:-http://a:80/?b=c}", "http://a:80/?b=c"],
])("%s becomes %j", (text, value) => {
  expect(interpolate(text, lookup)).toMatchObject({ value, mistakes: [] });
});

test.each([
  ["${NONE:?set it}", 0, "the variable NONE is required: set it"],
  ["a ${EMPTY:?}", 2, "the variable EMPTY is required: it is empty"],
  ["${NONE?}", 0, "the variable NONE is required: it is not set"],
  ["${1}", 0, "${…} is not a variable"],
  ["${SET", 0, "${…} is not a variable"],
  ["5 $ each", 2, "a $ that begins no variable"],
])("%s is a mistake", (text, offset, what) => {
  expect(interpolate(text, lookup).mistakes).toMatchObject([{ offset, what }]);
});

test("a variable without value and default is named", () => {
  expect(interpolate("$NONE ${OTHER} $SET ${NONE:-d}", lookup).unset).toEqual(["NONE", "OTHER"]);
});
