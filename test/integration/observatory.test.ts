// The observatory as a process: killed, started twice, on a full disk, with a broken file.
import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Answer, EdgeRow, StatRow, TapRow } from "../../src/api/types.ts";
import { systemClock } from "../../src/base/clock.ts";
import { seededRandom } from "../../src/base/random.ts";
import type { Span } from "../../src/model/span.ts";
import { destinationOf, differences, edgeOf, groups } from "../support/brute-force.ts";
import { eventually } from "../support/eventually.ts";
import {
  end,
  inStateDirectory,
  nowUs,
  type Running,
  spawnObservatory,
  startObservatory,
} from "../support/observatory.ts";
import { batchOf, randomSpans, SERVICES, sample, span } from "../support/telemetry.ts";

async function introduce(running: Running): Promise<void> {
  const response = await running.post("/ingest/sample", JSON.stringify(sample({ atUs: nowUs() })));
  expect(response.status).toBe(204);
}

async function send(running: Running, spans: readonly Span[], sequence: number): Promise<void> {
  const response = await running.post("/ingest/spans", batchOf(spans, sequence));
  expect(response.status).toBe(204);
}

const requestsIn = async (running: Running, since: string) => {
  const edges = await running.get<Answer<EdgeRow>>(`/api/v1/edges?since=${since}`);
  return edges.rows.reduce((sum, row) => sum + row.requests, 0);
};

async function expectFigures(running: Running, since: string, spans: readonly Span[]): Promise<void> {
  const stat = await running.get<Answer<StatRow>>(`/api/v1/stat?since=${since}`);
  const edges = await running.get<Answer<EdgeRow>>(`/api/v1/edges?since=${since}`);
  const byService = groups(spans, destinationOf);
  const byEdge = groups(spans, edgeOf);

  expect(stat.coverage).toEqual({ spans: 1, missing: [] });
  expect(stat.rows.map((row) => row.service)).toEqual([...SERVICES].sort());
  for (const row of stat.rows) expect(differences(row, byService.get(row.service) ?? [])).toEqual([]);
  expect(edges.rows).toHaveLength(byEdge.size);
  for (const row of edges.rows) {
    const name = [row.source, row.destination, row.port, row.protocol].join(" ");
    expect(differences(row, byEdge.get(name) ?? [])).toEqual([]);
  }
}

describe("the observatory", () => {
  test("shows at once the figures that a brute-force count gives", async () => {
    await inStateDirectory(async (root) => {
      const running = await startObservatory(root);
      await introduce(running);
      const spans = randomSpans(3_000, nowUs() - 40e6, nowUs());

      await send(running, spans.slice(0, 1_000), 0);
      await send(running, spans.slice(1_000), 1);

      await expectFigures(running, "60s", spans);
      await end(running);
    });
  });

  test("keeps every figure over a restart", async () => {
    await inStateDirectory(async (root) => {
      const first = await startObservatory(root);
      await introduce(first);
      const spans = randomSpans(2_000, nowUs() - 100e6, nowUs());
      await send(first, spans, 0);
      await end(first);

      const second = await startObservatory(root);
      await introduce(second);
      const more = randomSpans(500, nowUs() - 50e6, nowUs(), seededRandom(8));
      await send(second, more, 1);

      await expectFigures(second, "10m", [...spans, ...more]);
      await expectFigures(second, "5m", [...spans, ...more]);
      await end(second);
    });
  });

  test("killed while it takes in spans, it loses no more than the last seconds and its figures agree", async () => {
    await inStateDirectory(async (root) => {
      // of a sample the figures of the last seconds could only be estimated
      const environment = { MESHWISE_SPANS_PER_SECOND: "1000000" };
      const first = await startObservatory(root, { environment });
      await introduce(first);
      const sent: { atUs: number; count: number }[] = [];
      const beganUs = nowUs();
      let isAlive = true;
      const sending = (async () => {
        for (let sequence = 0; isAlive; sequence++) {
          const spans = randomSpans(1_000, nowUs() - 1e6, nowUs(), seededRandom(sequence));
          await send(first, spans, sequence).catch(() => {});
          sent.push({ atUs: nowUs(), count: spans.length });
          await systemClock.sleep(40); // a pace, not a wait: 25,000 spans a second
        }
      })();
      await eventually(() => nowUs() - beganUs > 6e6);
      const killedUs = nowUs();
      first.child.kill("SIGKILL");
      isAlive = false;
      await first.child.exited;
      await sending;

      const second = await startObservatory(root);
      const kept = await requestsIn(second, "10m");
      const durable = sent.filter(({ atUs }) => atUs < killedUs - 3e6).reduce((sum, { count }) => sum + count, 0);
      const tap = await second.get<Answer<TapRow>>("/api/v1/tap?limit=10000&since=10m");
      expect(durable).toBeGreaterThan(10_000);
      expect(kept).toBeGreaterThanOrEqual(durable);
      expect(kept).toBeLessThanOrEqual(sent.reduce((sum, { count }) => sum + count, 0));
      expect(kept % 1_000).toBe(0); // whole batches: rollups were mended from exchanges
      expect(tap.rows.length).toBe(Math.min(kept, 10_000));
      await end(second);
    });
  }, 40_000);

  test("does not count a batch again that was sent again, even to its successor", async () => {
    await inStateDirectory(async (root) => {
      const first = await startObservatory(root);
      await introduce(first);
      const spans = randomSpans(100, nowUs() - 5e6, nowUs());
      await send(first, spans, 0);
      await send(first, spans, 0);
      expect(await requestsIn(first, "60s")).toBe(100);
      await end(first);

      const second = await startObservatory(root);
      await introduce(second);
      await send(second, spans, 0);

      expect(await requestsIn(second, "60s")).toBe(100);
      await end(second);
    });
  });

  test("refuses to be the second on a state directory, in one sentence", async () => {
    await inStateDirectory(async (root) => {
      const running = await startObservatory(root);

      const second = spawnObservatory(root);

      expect(await second.exited).toBe(1);
      const complaint = await new Response(second.stderr).text();
      expect(complaint).toContain("Another observatory already uses this state directory");
      expect(complaint.trim().split("\n")).toHaveLength(1);
      await end(running);
    });
  });

  test.each([
    ["rubbish", "hello ".repeat(5_000)],
    ["an empty page", "\0".repeat(65_536)],
  ])("sets a store of %s aside, says so, and begins anew", async (_, content) => {
    await inStateDirectory(async (root) => {
      mkdirSync(join(root, "store"), { recursive: true });
      writeFileSync(join(root, "store", "telemetry.duckdb"), content);

      const running = await startObservatory(root);
      await introduce(running);
      await send(running, [span({ startUs: nowUs() - 1e6 })], 0);
      expect(await requestsIn(running, "60s")).toBe(1);
      await end(running);

      expect(readdirSync(join(root, "store")).filter((name) => name.includes(".aside-"))).toHaveLength(1);
      expect(await running.complaints).toContain("could not be read and was set aside");
    });
  });

  test("answers from memory while the disk is full, says so, and stores everything when there is room again", async () => {
    await inStateDirectory(async (root) => {
      mkdirSync(root, { recursive: true });
      // what it complains of goes to a file on the same disk
      const script = `mount -t tmpfs -o size=9m none ${root} && exec "$@" 2>/dev/full`;
      const running = await startObservatory(root, {
        inside: ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"],
        seenAs: (pid) => `/proc/${pid}/root${root}`,
      });
      const seen = `/proc/${running.child.pid}/root${root}`;
      await introduce(running);
      await send(running, randomSpans(500, nowUs() - 2e6, nowUs()), 0);
      const isStored = async () => (await (await fetch(`${running.apiUrl}/readyz`)).text()) === "ok\n";
      const ballast = join(seen, "ballast");
      fill(ballast);

      await send(running, randomSpans(20_000, nowUs() - 2e6, nowUs(), seededRandom(9)), 1);
      await eventually(async () => !(await isStored()), { withinMs: 10_000 });
      const during = await running.get<Answer<EdgeRow>>("/api/v1/edges");
      expect(during.coverage.missing.join()).toContain("The telemetry store cannot be used");
      expect(await requestsIn(running, "60s")).toBe(20_500);

      writeFileSync(ballast, "");
      await eventually(isStored, { withinMs: 20_000 });
      expect(await requestsIn(running, "60s")).toBe(20_500);
      expect(await requestsIn(running, "20m")).toBe(20_500);
      await end(running);
    });
  }, 60_000);

  test("ends within three seconds of SIGTERM, having written everything", async () => {
    await inStateDirectory(async (root) => {
      const first = await startObservatory(root);
      await introduce(first);
      await send(first, randomSpans(300, nowUs() - 5e6, nowUs()), 0);
      const askedUs = nowUs();
      first.child.kill("SIGTERM");
      expect(await first.child.exited).toBe(0);
      expect(nowUs() - askedUs).toBeLessThan(3e6);

      const second = await startObservatory(root);
      expect(await requestsIn(second, "10m")).toBe(300);
      await end(second);
    });
  });
});

test.each([
  ["no batch", "/ingest/spans", "hello", 400],
  [
    "a batch whose header promises more than there is",
    "/ingest/spans",
    header({ rows: 1e9, sequence: 0, agent: "a" }),
    400,
  ],
  ["a sample that is not JSON", "/ingest/sample", "{", 400],
  ["a sample without workloads", "/ingest/sample", JSON.stringify({ ...sample(), workloads: 1 }), 400],
  ["a batch that is too large", "/ingest/spans", new Uint8Array(33 << 20), 413],
  ["another path", "/ingest/other", "", 404],
])("the door for telemetry refuses %s and goes on", async (_, path, body, status) => {
  await inStateDirectory(async (root) => {
    const running = await startObservatory(root);

    const response = await running.post(path, body);

    expect(response.status).toBe(status);
    expect((await response.text()).length).toBeGreaterThan(3);
    await introduce(running);
    await end(running);
  });
});

function header(value: object): Uint8Array {
  const json = Buffer.from(JSON.stringify(value));
  const bytes = new Uint8Array(4 + json.length + 64);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 4);
  return bytes;
}

/** Writes until there is no room left. */
function fill(path: string): void {
  for (let size = 9 << 20; size > 0; size = size < 4096 ? 0 : size >> 1) {
    for (;;) {
      try {
        writeFileSync(path, Buffer.alloc(size), { flag: "a" });
      } catch {
        break;
      }
    }
  }
}
