// Serves the page before an observatory that was told of twelve good minutes, and of two in which one workload of cart is slow
// since it has a new version, until stdin ends:
//   bun test/support/trouble-site.driver.ts
// stdout: {"apiUrl": …, "from": …, "to": …} with a window that begins before the trouble. Its clock is its own, and goes on by
// a second each second.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveApi } from "../../src/api/server.ts";
import { manualClock } from "../../src/base/clock.manual.ts";
import { systemClock } from "../../src/base/clock.ts";
import { openIn } from "./open-observatory.ts";
import { PROJECT } from "./telemetry.ts";
import { pass } from "./trouble.ts";

const directory = mkdtempSync(join(tmpdir(), "meshwise-trouble-"));
const clock = manualClock();
const observatory = await openIn(directory, clock, []);
const iso = () => new Date(clock.nowUs() / 1000).toISOString();
await pass({ observatory, clock }, 11);
const from = iso();
await pass({ observatory, clock }, 1);
observatory.tellChange({
  ...{ atUs: clock.nowUs(), kind: "deployment", namespace: PROJECT, service: "cart", workload: "cart-2" },
  ...{ version: "v2", text: "version v2 after v1" },
});
await pass({ observatory, clock }, 2, { secondMs: 200 });
const api = serveApi({ clock, observatory }, 0);
const going = systemClock.every(1_000, () => clock.advance(1_000));
process.stdout.write(`${JSON.stringify({ apiUrl: api.url, from, to: iso() })}\n`);

for await (const _ of console);
going.cancel();
await api.close();
await observatory.close();
rmSync(directory, { recursive: true, force: true });
process.exit();
