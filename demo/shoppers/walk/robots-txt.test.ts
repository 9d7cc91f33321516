import { expect, test } from "bun:test";
import { rulesFor } from "./robots-txt.ts";

const TEXT = `
# a comment
User-agent: Googlebot
User-agent: bingbot
Disallow: /cart   # private
Disallow: /*.svg$
Allow: /cart/help

User-agent: *
Disallow: /
`;

test.each([
  ["Googlebot", "/product/mug", true],
  ["Googlebot", "/cart", false],
  ["googlebot", "/cart/remove", false],
  ["bingbot", "/cart/help", true], // the longest match rules
  ["bingbot", "/assets/product/mug.svg", false],
  ["bingbot", "/mug.svg?size=2", true],
  ["AhrefsBot", "/product/mug", false], // not named: the rules for everybody
])("%s at %s: %p", (product, path, isAllowed) => {
  expect(rulesFor(TEXT, product).allows(path)).toBe(isAllowed);
});

test("an empty disallow, or no rules, allow everything", () => {
  expect(rulesFor("User-agent: *\nDisallow:", "Googlebot").allows("/cart")).toBe(true);
  expect(rulesFor("", "Googlebot").allows("/cart")).toBe(true);
});
