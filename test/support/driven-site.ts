// An observatory of its own behind the page, for a process that a test starts: it serves until stdin ends.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveApi } from "../../src/api/server.ts";
import { manualClock } from "../../src/base/clock.manual.ts";
import { systemClock } from "../../src/base/clock.ts";
import { type Opened, openIn } from "./open-observatory.ts";

/**
 * Says on stdout, as JSON, where it is served and what `tell` gives back. Its clock is its own, and goes on by a second each second.
 * @param tell the observatory what happened
 */
export async function serveUntilEnd(tell: (opened: Pick<Opened, "observatory" | "clock">) => Promise<object> | object) {
  const directory = mkdtempSync(join(tmpdir(), "meshwise-site-"));
  const clock = manualClock();
  const observatory = await openIn(directory, clock, []);
  const told = await tell({ observatory, clock });
  const api = serveApi({ clock, observatory }, 0);
  const going = systemClock.every(1_000, () => clock.advance(1_000));
  process.stdout.write(`${JSON.stringify({ apiUrl: api.url, ...told })}\n`);

  for await (const _ of console);
  going.cancel();
  await api.close();
  await observatory.close();
  rmSync(directory, { recursive: true, force: true });
  process.exit();
}
