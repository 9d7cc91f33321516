// Debian's Prometheus scrapes a real observatory. Left out where it is not installed (apt-get install prometheus).
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { end, inStateDirectory, nowUs, startObservatory } from "../support/observatory.ts";
import { batchOf, sample, span } from "../support/telemetry.ts";

const PROMETHEUS = Bun.which("prometheus", { PATH: "/usr/bin:/usr/local/bin" });

type Found = {
  readonly data: { readonly result: readonly { readonly metric: Record<string, string>; value: [number, string] }[] };
};
type Exemplars = {
  readonly data: readonly { readonly exemplars: readonly { readonly labels: Record<string, string> }[] }[];
};

test.skipIf(!PROMETHEUS)("Prometheus has the figures that were sent, and the traces of cases", () =>
  inStateDirectory(async (root) => {
    const running = await startObservatory(root);
    await running.post("/ingest/sample", JSON.stringify(sample({ atUs: nowUs() })));
    const ids = { trace0: 1, trace1: 2, trace2: 3, trace3: 4, client0: 5, client1: 6 };
    const startUs = nowUs() - 100_000;
    const sent = await running.post(
      "/ingest/spans",
      batchOf([span({ ...ids, startUs, end: 30_000 }), span({ startUs, status: 500 })]),
    );
    expect(sent.status).toBe(204);
    const config = {
      global: { scrape_interval: "1s" },
      scrape_configs: [{ job_name: "meshwise", static_configs: [{ targets: [new URL(running.apiUrl).host] }] }],
    };
    writeFileSync(join(root, "prometheus.yml"), JSON.stringify(config)); // which is YAML too
    const port = freePort();
    const prometheus = Bun.spawn(
      [
        PROMETHEUS as string,
        `--config.file=${join(root, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(root, "tsdb")}`,
        `--web.listen-address=127.0.0.1:${port}`,
        "--enable-feature=exemplar-storage",
      ],
      { stdout: "ignore", stderr: "pipe" },
    );
    const complaints = new Response(prometheus.stderr).text();
    const ask = async <T>(path: string) => (await (await fetch(`http://127.0.0.1:${port}/api/v1/${path}`)).json()) as T;
    try {
      const query = encodeURIComponent('http_server_request_duration_seconds_count{service_name="cart"}');
      const rows = await eventually(
        async () => {
          const { result } = (await ask<Found>(`query?query=${query}`)).data;
          return result.length === 2 ? result : undefined;
        },
        { withinMs: 40_000, everyMs: 200 },
      );
      expect(rows.map(({ metric, value }) => [metric.http_response_status_code, value[1]]).sort()).toEqual([
        ["200", "1"],
        ["500", "1"],
      ]);
      expect((await ask<Found>("query?query=up")).data.result[0]?.value[1]).toBe("1");
      const name = encodeURIComponent("http_server_request_duration_seconds_bucket");
      const [from, to] = [startUs / 1e6 - 60, startUs / 1e6 + 60];
      const { data } = await ask<Exemplars>(`query_exemplars?query=${name}&start=${from}&end=${to}`);
      const cases = data.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels));
      expect(cases).toContainEqual(expect.objectContaining({ span_id: "0000000500000006" }));
    } finally {
      prometheus.kill("SIGKILL");
      await prometheus.exited;
      await end(running);
    }
    expect(await complaints).not.toContain("level=error");
  }),
);

function freePort(): number {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  server.stop(true);
  return server.port;
}
