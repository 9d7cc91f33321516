// Joins layers into a path. See stack.ts.
import type { MeshError } from "../base/errors/index.ts";
import type { Exchange, Layer, Link } from "./shapes.ts";

/** nothing further in, nobody further out */
export const END: Link = { run() {}, settle() {} };

/**
 * The links of all layers are made before any layer runs, so that both directions can be called; a layer that has nothing
 * to say in a direction is not in it. Of the result, `run` begins at the outermost layer, `settle` at the innermost: the
 * two ways an exchange is set in motion from outside. `outer` is where it goes that comes out of the outermost layer.
 */
export function stack(outer: Link, ...layers: readonly Layer[]): Link {
  const links: Link[] = layers.map(() => ({ run() {}, settle() {} }));
  const made = layers.map((layer, i) => layer(links[i + 1] ?? END, links[i - 1] ?? outer));
  made.forEach(({ settle }, i) => {
    (links[i] as Link).settle = settle ?? (links[i - 1] ?? outer).settle;
  });
  for (let i = made.length - 1; i >= 0; i--) (links[i] as Link).run = made[i]?.run ?? (links[i + 1] ?? END).run;
  return { run: (links[0] ?? END).run, settle: (links.at(-1) ?? outer).settle };
}

/** The exchange cannot go on: it goes back outwards with the reason. */
export function fail(outer: Link, exchange: Exchange, error: MeshError): void {
  exchange.error = error;
  outer.settle(exchange);
}
