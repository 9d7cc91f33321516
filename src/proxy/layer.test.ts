import { expect, test } from "bun:test";
import { END, stack } from "./layer.ts";
import type { Exchange, Layer, Link } from "./shapes.ts";

const exchange = {} as Exchange;

/** Notes each direction that it sees. */
function noting(seen: string[], name: string): Layer {
  return (inner, outer) => ({
    run(x) {
      seen.push(`run ${name}`);
      inner.run(x);
    },
    answer(x) {
      seen.push(`answer ${name}`);
      return outer.answer(x);
    },
    settle(x) {
      seen.push(`settle ${name}`);
      outer.settle(x);
    },
  });
}

const silent: Layer = () => ({});

test("runs from outside in, answers and settles from inside out, through layers that have nothing to say", () => {
  const seen: string[] = [];
  const made = stack(END, noting(seen, "a"), silent, false, noting(seen, "b"), undefined, silent);

  made.run(exchange);
  expect(made.answer(exchange)).toBe(true);
  made.settle(exchange);

  expect(seen).toEqual(["run a", "run b", "answer b", "answer a", "settle b", "settle a"]);
});

test("a stack that a layer makes comes out at that layer, however many silent ones lie between", () => {
  const seen: string[] = [];
  let nested: Link = END;
  const forking: Layer = (_, outer) => {
    nested = stack(outer, silent, noting(seen, "c"), silent);
    return { run: (x) => nested.run(x) };
  };
  const made = stack(END, noting(seen, "a"), silent, noting(seen, "b"), silent, forking);

  made.run(exchange);
  nested.answer(exchange);
  nested.settle(exchange);

  const outwards = ["c", "b", "a"];
  expect(seen).toEqual([
    "run a",
    "run b",
    "run c",
    ...outwards.map((name) => `answer ${name}`),
    ...outwards.map((name) => `settle ${name}`),
  ]);
});

test("a layer can take an answer, and those further out do not see it", () => {
  const seen: string[] = [];
  const made = stack(END, noting(seen, "a"), () => ({ answer: () => false }), noting(seen, "b"));

  expect(made.answer(exchange)).toBe(false);
  expect(seen).toEqual(["answer b"]);
});

test("a stack without layers leads out", () => {
  const seen: string[] = [];
  const outer: Link = { ...END, settle: () => seen.push("out") };
  stack(outer).settle(exchange);
  expect(seen).toEqual(["out"]);
});
