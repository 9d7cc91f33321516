// Traces of real processes under the mesh that pass nothing on. The truth is the length of the bodies: every visit has its
// own, each service sends as many bytes on as it got, and the mesh counts bytes but does not stitch by them.
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Answer, TapRow, TraceAnswer, TraceRow } from "../../src/api/types.ts";
import { inFolder, meshwise, start } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";

/** front → (a → (b → d), then c → d) */
const CALLS: Readonly<Record<string, readonly string[]>> = { front: ["a", "c"], a: ["b"], b: ["d"], c: ["d"], d: [] };
const VISITS = 400;
const AT_ONCE = 4;

const SERVICE = `
const calls = (process.env.CALLS ?? "").split(",").filter(Boolean);
const work = () => Bun.sleep(1 + 6 * Math.random());
Bun.serve({
  port: 8080,
  async fetch(request) {
    const body = await request.text();
    await work();
    for (const name of calls) {
      await (await fetch("http://" + name + ":8080/work", { method: "POST", body })).text();
      await work();
    }
    return new Response("done");
  },
});
`;

function freePort(): number {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  server.stop(true);
  return server.port;
}

function compose(folder: string, port: number): string {
  const services = Object.entries(CALLS).map(
    ([name, calls]) => `  ${name}:
    command: [${JSON.stringify(process.execPath)}, ${JSON.stringify(join(folder, "service.js"))}]
    expose: ["8080"]
    environment: { CALLS: "${calls.join(",")}" }
${name === "front" ? `    ports: ["127.0.0.1:${port}:8080"]\n` : ""}`,
  );
  return `name: traces\nservices:\n${services.join("")}`;
}

/** Share of the exchanges that stand under the right one, all the way up. */
function shareRight(rows: readonly TapRow[]): number {
  const byServer = new Map(rows.map((row) => [row.serverSpanId, row]));
  const roots = new Map(rows.filter(({ source }) => source === "outside").map((row) => [row.requestBytes, row]));
  const isRight = (row: TapRow): boolean => {
    if (row.source === "outside") return row.parentSpanId === undefined;
    const parent = byServer.get(row.parentSpanId ?? "");
    return parent?.requestBytes === row.requestBytes && parent.destination === row.source;
  };
  const right = rows.filter((row) => isRight(row) && row.traceId === roots.get(row.requestBytes)?.traceId);
  return right.length / rows.length;
}

test("services that pass nothing on make whole traces, live", async () => {
  await inFolder(async (folder) => {
    const port = freePort();
    writeFileSync(join(folder, "service.js"), SERVICE);
    writeFileSync(join(folder, "compose.yaml"), compose(folder, port));
    const url = `http://127.0.0.1:${port}/visit`;
    const environment = { MESHWISE_STATE_DIR: join(folder, "state"), MESHWISE_API_PORT: "0" };
    const ask = (...args: readonly string[]) => meshwise(args, { directory: folder, environment });
    const up = start(["up"], { directory: folder, environment });
    try {
      await eventually(async () => (await fetch(url, { method: "POST", body: "x" })).ok, {
        ...{ withinMs: 60_000, everyMs: 300 },
      });
      let next = 1;
      const visitor = async () => {
        while (next <= VISITS) await fetch(url, { method: "POST", body: "x".repeat(1_000 + next++) });
      };
      await Promise.all(Array.from({ length: AT_ONCE }, visitor));

      const rows = await eventually(
        async () => {
          const { out } = await ask("tap", "--method", "POST", "-n", "10000", "-o", "json");
          const found = (JSON.parse(out) as Answer<TapRow>).rows.filter(({ requestBytes }) => requestBytes > 1_000);
          const isWhole = found.length === VISITS * 6 && found.every(({ confidence }) => confidence > 0);
          return isWhole ? found : undefined;
        },
        { withinMs: 40_000, everyMs: 500 },
      );
      const learned = rows.filter(({ requestBytes }) => requestBytes > 1_000 + VISITS / 4);
      const [all, later] = [shareRight(rows), shareRight(learned)].map((share) => (100 * share).toFixed(1));
      console.log(`${all} % of ${rows.length} calls stand in the right place, ${later} % after the first quarter`);
      // a loaded machine stretches the gaps that it is learned by
      expect(shareRight(rows)).toBeGreaterThan(0.75);

      const { out } = await ask("trace", "--of", "d", "--since", "5m", "-n", "200", "-o", "json");
      const whole = (JSON.parse(out) as Answer<TraceRow>).rows.find(({ calls }) => calls === 6) as TraceRow;
      expect(whole).toMatchObject({ source: "outside", destination: "front", method: "POST" });
      const one = JSON.parse((await ask("trace", whole.traceId.slice(0, 12), "-o", "json")).out) as TraceAnswer;
      expect(one.spans.map(({ depth, destination }) => `${depth} ${destination}`)).toEqual([
        ...["0 front", "1 a", "2 b", "3 d", "1 c", "2 d"],
      ]);
      const shown = await ask("trace", one.spans[3]?.spanId as string);
      expect(shown.out).toContain(`trace ${whole.traceId}`);

      const unknown = await ask("trace", "0123456789abcdef0123456789abcdef");
      expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining("no trace and no exchange has the id")]);
    } finally {
      up.kill("SIGINT");
      await up.exited;
    }
  });
}, 180_000);
