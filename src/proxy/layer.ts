// Joins layers into a path. See stack.ts.
import type { MeshError } from "../base/errors/index.ts";
import type { Exchange, Layer, Link } from "./shapes.ts";

/** nothing further in, nobody further out */
export const END: Link = { run() {}, answer: () => true, settle() {} };

/**
 * The links of all layers are made before any layer runs, so that all directions can be called; a layer that has nothing
 * to say in a direction is not in it. Of the result, `run` begins at the outermost layer, `answer` and `settle` at the
 * innermost: the ways an exchange is set in motion from outside. `outer` is where it goes that comes out of the outermost
 * layer. What is not a layer is left out: `limit > 0 && limited(limit)`.
 */
export function stack(outer: Link, ...layers: readonly (Layer | false | undefined)[]): Link {
  const wanted = layers.filter((layer) => typeof layer === "function");
  const links: Link[] = wanted.map(() => ({ ...END }));
  // looked up when it is used: a stack may be made by a layer of another stack, whose links are not made yet
  const edge: Link = {
    run() {},
    answer: (exchange) => outer.answer(exchange),
    settle: (exchange) => outer.settle(exchange),
  };
  const made = wanted.map((layer, i) => layer(links[i + 1] ?? END, links[i - 1] ?? outer));
  made.forEach(({ answer, settle }, i) => {
    const link = links[i] as Link;
    const next = links[i - 1] ?? edge;
    link.answer = answer ?? next.answer;
    link.settle = settle ?? next.settle;
  });
  for (let i = made.length - 1; i >= 0; i--) (links[i] as Link).run = made[i]?.run ?? (links[i + 1] ?? END).run;
  const { answer, settle } = links.at(-1) ?? edge;
  return { run: (links[0] ?? END).run, answer, settle };
}

/** The exchange cannot go on: it goes back outwards with the reason. */
export function fail(outer: Link, exchange: Exchange, error: MeshError): void {
  exchange.error = error;
  outer.settle(exchange);
}
