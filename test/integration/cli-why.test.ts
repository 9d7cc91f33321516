// `meshwise why --case` as a user runs it: files in, the document out, mistakes with their line and column.
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { inFolder, meshwise } from "../support/command-line.ts";

const HEADER =
  "time,service,requests,availability,latency_avg_s,latency_p50_s,latency_p90_s,latency_p95_s,latency_p99_s";

function rows(from: number, to: number, slow: number): string {
  return Array.from({ length: to - from }, (_, index) => {
    const at = from + index;
    const db = 0.01 + 0.001 * (at % 3) + slow;
    const row = (service: string, mean: number) => `${60 * at},${service},100,100,${mean},,,,`;
    return [row("web", 0.05 + db), row("db", db)].join("\n");
  }).join("\n");
}

function record(folder: string, { incident }: { incident: string }): void {
  const target = { service: "web", metric: "latency", statistic: "Average", at: 6100 };
  const files = { edges: "edges.csv", baseline: "normal.csv.gz", incident: "incident.csv" };
  writeFileSync(join(folder, "case.json"), JSON.stringify({ name: "one", interval_s: 60, target, ...files }));
  writeFileSync(join(folder, files.edges), "source,target\nweb,db\n");
  writeFileSync(join(folder, files.baseline), gzipSync(`${HEADER}\n${rows(0, 100, 0)}\n`));
  writeFileSync(join(folder, files.incident), `${HEADER}\n${incident}\n`);
}

test("the cause of a recorded incident comes first", async () => {
  await inFolder(async (folder) => {
    record(folder, { incident: rows(100, 105, 0.05) });

    const { code, out } = await meshwise(["why", "--case", "case.json", "-o", "json"], { directory: folder });

    expect(code).toBe(0);
    const answer = JSON.parse(out);
    expect(answer).toMatchObject({ schema: "meshwise.dev/answer/v1", state: "explained", confidence: "high" });
    expect(answer.findings[0].subject).toEqual({ service: "db" });
  });
});

test("a quiet window is told to be one", async () => {
  await inFolder(async (folder) => {
    record(folder, { incident: rows(100, 105, 0) });

    const { code, out } = await meshwise(["why", "--case", "case.json"], { directory: folder });

    expect(code).toBe(0);
    expect(out).toContain("nothing is wrong with web");
  });
});

test("a mistake in a file is told with file, line and column", async () => {
  await inFolder(async (folder) => {
    record(folder, { incident: `${rows(100, 101, 0)}\n6060,web,many,100,,,,,` });

    const { code, err } = await meshwise(["why", "--case", "case.json"], { directory: folder });

    expect(code).toBe(1);
    expect(err).toContain('incident.csv:4 has "many" in column "requests"');
  });
});
