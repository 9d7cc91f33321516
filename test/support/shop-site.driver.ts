// Serves the page before an observatory that was told of a shop, of whose purchases some are refused, until stdin ends:
//   bun test/support/shop-site.driver.ts --failing 0.3
// stdout: {"apiUrl": …}
import { parseArgs } from "node:util";
import { serveUntilEnd } from "./driven-site.ts";
import { shop } from "./shop-spans.ts";

const { values } = parseArgs({ options: { failing: { type: "string", default: "0.3" } } });
await serveUntilEnd((opened) => {
  shop(opened, Number(values.failing));
  return {};
});
