import { expect, test } from "bun:test";
import { filled } from "./form.ts";
import { read } from "./page.ts";

test("links are those of the shop, each once, in the order of the page", () => {
  const { links, next } = read(
    `<a href="/product/b">B</a><a class=x href='/product/a?x=1&amp;y=2#top'>A</a><a href="/product/b">again</a>
     <a href="https://example.com/">out</a><a href="?page=3" rel="next">more</a><a href="mailto:a@example.com">mail</a>`,
    "/search?q=mug",
  );

  expect(links).toEqual(["/product/b", "/product/a?x=1&y=2", "/search?page=3"]);
  expect(next).toBe("/search?page=3");
});

test("what a browser loads: stylesheets, icons, images, of which some only when they are in view", () => {
  const page = read(
    `<link rel="stylesheet" href="/assets/shop.css"><link rel="icon" href="/favicon.svg">
     <img alt="a > b" src="/assets/a.svg"><img loading="lazy" src="/assets/b.svg"><img src="data:image/png;base64,AA==">`,
    "/",
  );

  expect(page.stylesheets).toEqual(["/assets/shop.css"]);
  expect(page.icons).toEqual(["/favicon.svg"]);
  expect(page.images).toEqual([
    { path: "/assets/a.svg", isLazy: false },
    { path: "/assets/b.svg", isLazy: true },
  ]);
});

test("a form is sent as the page has it, with what was typed", () => {
  const { forms } = read(
    `<form method=post action="/checkout"><input type="hidden" name="key" value="k&quot;1"><input name="name">
     <textarea name="note" required></textarea>
     <select name="country"><option value="">Choose</option><option value="DE">DE<option value="FR" selected>FR</select>
     <input type="radio" name="shipping" value="post" checked><input type="radio" name="shipping" value="express">
     <input type="checkbox" name="news" value="yes"><input type="submit" name="go" value="Go"><button>Buy</button></form>`,
    "/checkout",
  );
  const form = forms[0]!;

  const as = (values: Record<string, string>, ranks = {}) => Object.fromEntries(filled(form, { values, ranks }));

  expect([form.method, form.action]).toEqual(["POST", "/checkout"]);
  expect(as({})).toEqual({ key: 'k"1', name: "", note: "", country: "FR", shipping: "post" });
  expect(as({ name: "Ada", country: "DE", unknown: "x" }, { shipping: 0.9 })).toEqual({
    key: 'k"1',
    name: "Ada",
    note: "",
    country: "DE",
    shipping: "express",
  });
  expect(as({ country: "not there" }).country).toBe("FR");
  expect(as({ key: "mine" }).key).toBe('k"1'); // nobody sees it, nobody types into it
});

test("a form whose button is disabled cannot be sent", () => {
  const { forms } = read(
    `<form><button class="primary" disabled>Sold out</button></form><form><button>Go</button></form><form><input name="q"></form>`,
    "/",
  );

  expect(forms.map(({ canBeSent }) => canBeSent)).toEqual([false, true, true]);
});
