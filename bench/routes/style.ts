// A style of public APIs: its paths, with the route that each belongs to.
import type { Pool } from "./pools.ts";

export type Style = {
  readonly name: string;
  /** the label of each path, `weight` times as often as one of weight 1 */
  readonly routes: readonly { readonly label: string; readonly weight: number }[];
  readonly pools: Readonly<Record<string, Pool>>;
};

/** `GET /a 5`: a label and its weight, a line each */
export function routes(text: string): Style["routes"] {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [method, path, weight] = line.trim().split(" ");
      return { label: `${method} ${path}`, weight: Number(weight ?? 1) };
    });
}
