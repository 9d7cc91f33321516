// Serves the page before an observatory that was told of twelve good minutes, and of two in which one workload of cart is slow
// since it has a new version, until stdin ends:
//   bun test/support/trouble-site.driver.ts
// stdout: {"apiUrl": …, "from": …, "to": …} with a window that begins before the trouble
import { serveUntilEnd } from "./driven-site.ts";
import { PROJECT } from "./telemetry.ts";
import { pass } from "./trouble.ts";

await serveUntilEnd(async (opened) => {
  const { observatory, clock } = opened;
  const iso = () => new Date(clock.nowUs() / 1000).toISOString();
  await pass(opened, 11);
  const from = iso();
  await pass(opened, 1);
  observatory.tellChange({
    ...{ atUs: clock.nowUs(), kind: "deployment", namespace: PROJECT, service: "cart", workload: "cart-2" },
    ...{ version: "v2", text: "version v2 after v1" },
  });
  await pass(opened, 2, { secondMs: 200 });
  return { from, to: iso() };
});
