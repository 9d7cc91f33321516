// Joins layers into a path. See stack.ts.
import type { MeshError } from "../base/errors/index.ts";
import type { Exchange, Layer, Link } from "./shapes.ts";

/**
 * The links of all layers are made before any layer runs, so that both directions can be called. Of the result, `run`
 * begins at the outermost layer, `settle` at the innermost: the two ways an exchange is set in motion from outside.
 */
export function stack(...layers: readonly Layer[]): Link {
  const end: Link = { run() {}, settle() {} };
  const links: Link[] = layers.map(() => ({ ...end }));
  layers.forEach((layer, i) => {
    const inner = links[i + 1] ?? end;
    const outer = links[i - 1] ?? end;
    const link = links[i] as Link;
    const { run, settle } = layer(inner, outer);
    link.run = run ?? ((exchange) => inner.run(exchange));
    link.settle = settle ?? ((exchange) => outer.settle(exchange));
  });
  return { run: (links[0] ?? end).run, settle: (links.at(-1) ?? end).settle };
}

/** The exchange cannot go on: it goes back outwards with the reason. */
export function fail(outer: Link, exchange: Exchange, error: MeshError): void {
  exchange.error = error;
  outer.settle(exchange);
}
