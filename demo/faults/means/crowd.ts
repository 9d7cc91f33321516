// Visitors beside those of the demo, who behave in a way of their own.
import { join } from "node:path";
import type { Hands } from "../hands.ts";

const SHOPPERS = join(import.meta.dir, "..", "..", "shoppers", "main.ts");

/** @param flags of demo/shoppers */
export function sendShoppers(hands: Hands, flags: Readonly<Record<string, string | number>>): void {
  const args = Object.entries({ url: hands.shop.url, ...flags }).flatMap(([name, value]) => [
    `--${name}`,
    String(value),
  ]);
  hands.beside([process.execPath, SHOPPERS, ...args]);
}
