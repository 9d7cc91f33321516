// Serves the page before an observatory that was told of a shop, of whose purchases some are refused, until stdin ends:
//   bun test/support/shop-site.driver.ts --failing 0.3
// stdout: {"apiUrl": …}. Its clock is its own, and goes on by a second each second.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { serveApi } from "../../src/api/server.ts";
import { manualClock } from "../../src/base/clock.manual.ts";
import { systemClock } from "../../src/base/clock.ts";
import { openIn } from "./open-observatory.ts";
import { shop } from "./shop-spans.ts";

const { values } = parseArgs({ options: { failing: { type: "string", default: "0.3" } } });
const directory = mkdtempSync(join(tmpdir(), "meshwise-shop-"));
const clock = manualClock();
const observatory = await openIn(directory, clock, []);
shop({ observatory, clock }, Number(values.failing));
const api = serveApi({ clock, observatory }, 0);
const going = systemClock.every(1_000, () => clock.advance(1_000));
process.stdout.write(`${JSON.stringify({ apiUrl: api.url })}\n`);

for await (const _ of console);
going.cancel();
await api.close();
await observatory.close();
rmSync(directory, { recursive: true, force: true });
process.exit();
