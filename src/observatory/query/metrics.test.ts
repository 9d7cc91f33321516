import { expect, test } from "bun:test";
import { inObservatory } from "../../../test/support/open-observatory.ts";
import { batchOf, randomSpans, sample, span } from "../../../test/support/telemetry.ts";
import { histograms } from "../live/histogram.ts";
import { metricsFor, metricsText } from "./metrics.ts";

test("the exposition counts every HTTP request once for who asked and once for who answered", async () => {
  await inObservatory(async ({ observatory, clock }) => {
    const spans = randomSpans(2_000, clock.nowUs() - 10e6, clock.nowUs());
    observatory.intake.spans(batchOf(spans));

    const read = parseExposition(metricsText(observatory));

    const http = spans.filter((one) => one.protocol !== 0);
    expect(sumOf(read, "http_client_request_duration_seconds_count")).toBe(
      http.filter((one) => one.source !== 0).length,
    );
    expect(sumOf(read, "http_server_request_duration_seconds_count")).toBe(
      http.filter((one) => one.workload !== 0).length,
    );
    expect(sumOf(read, "meshwise_tcp_connections_total")).toBe(spans.length - http.length);
    const cart = http.filter(
      (one) => one.workload === 12 && one.source === 11 && one.status === 500 && one.method === 1,
    );
    const labels = {
      service_name: "cart",
      peer: "web",
      http_request_method: "GET",
      http_response_status_code: "500",
      error_type: "500",
    };
    const seconds = cart.filter((one) => one.error === 0).reduce((sum, one) => sum + one.end / 1e6, 0);
    expect(valueIn(read, "http_server_request_duration_seconds_sum", labels)).toBeCloseTo(seconds, 6);
    expect(valueIn(read, "http_server_request_duration_seconds_bucket", { ...labels, le: "+Inf" })).toBe(
      cart.filter((one) => one.error === 0).length,
    );
    expect(valueIn(read, "http_server_request_duration_seconds_bucket", { ...labels, le: "0.005" })).toBe(
      cart.filter((one) => one.error === 0 && one.end <= 5_000).length,
    );
  });
});

test("OpenMetrics shows a case of each bucket, by the trace that it turned out to belong to", async () => {
  await inObservatory(async ({ observatory, clock }) => {
    const startUs = clock.nowUs() - 50_000;
    const ids = { trace0: 1, trace1: 2, trace2: 3, trace3: 4, client0: 5, client1: 6 };
    observatory.intake.spans(
      batchOf([span({ ...ids, startUs, end: 30_000 }), span({ startUs, end: 31_000, client1: 7 })]),
    );
    const openMetrics = () => metricsFor(observatory, "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
    clock.advance(20_000);

    const { text, type } = openMetrics();

    expect(type).toStartWith("application/openmetrics-text; version=1.0.0");
    const buckets = text.split("\n").filter((line) => line.startsWith("http_server_request_duration_seconds_bucket"));
    const traced = buckets.filter((line) => line.includes(" # "));
    expect(traced).toHaveLength(1);
    const exemplar = /le="0.05"\} 2 # \{trace_id="[0-9a-f]{32}",span_id="0000000500000006"\} 0.03 1699999999.980$/;
    expect(traced[0]).toMatch(exemplar);
    expect(text).toContain("# TYPE meshwise_lost_spans counter\nmeshwise_lost_spans_total{");
    expect(text).toEndWith("\n# EOF\n");
    expect(metricsFor(observatory, "text/plain").text).not.toContain(" # {");
  });
});

test("levels of workloads and of our processes are gauges", async () => {
  await inObservatory(async ({ observatory, clock }) => {
    observatory.intake.sample(sample({ atUs: clock.nowUs(), lost: { ring: 3, upload: 4 } }));

    const read = parseExposition(metricsText(observatory));

    const stock = { service_name: "stock", service_instance_id: "stock-1", service_version: "v1" };
    expect(valueIn(read, "meshwise_workload_connections", stock)).toBe(3);
    expect(valueIn(read, "meshwise_workload_ready", stock)).toBe(1);
    expect(valueIn(read, "meshwise_workload_cpu_seconds_total", stock)).toBe(3);
    expect(valueIn(read, "meshwise_lost_spans_total", { reason: "upload" })).toBe(4);
    expect(valueIn(read, "meshwise_process_memory_bytes", { role: "supervisor", index: "0" })).toBe(20_000_000);
    expect(valueIn(read, "meshwise_store_up", {})).toBe(1);
  });
});

test("names that a stranger chose cannot break the format", async () => {
  await inObservatory(async ({ observatory, clock }) => {
    const service = 'a"b\\c\nd{}';
    observatory.intake.sample(
      sample({ atUs: clock.nowUs(), services: [{ key: 2, name: service, namespace: "shop" }] }),
    );
    observatory.intake.spans(batchOf([span({ startUs: clock.nowUs() - 1e6, workload: 0, source: 11 })]));

    const read = parseExposition(metricsText(observatory));

    expect(read.some((one) => one.labels.peer === service)).toBe(true);
  });
});

test("the number of series has an end, and what is beyond it is still counted", () => {
  const counted = histograms({ mostSeries: 10 });
  for (let i = 0; i < 100; i++) {
    const series = { source: "web", destination: `api-${i}`, protocol: "http/1.1", error: "", histograms: new Map() };
    counted.count(series, 1, 200, false, 1_000);
  }

  const all = [...counted.all()];

  expect(all).toHaveLength(12); // ten, and one more each for HTTP and TCP
  expect(all.reduce((sum, one) => sum + (one.isOverflow ? (one.counts[0] ?? 0) : 0), 0)).toBe(90);
});

type Line = { readonly name: string; readonly labels: Record<string, string>; readonly value: number };

const sumOf = (read: readonly Line[], name: string) =>
  read.filter((one) => one.name === name).reduce((sum, one) => sum + one.value, 0);

const valueIn = (read: readonly Line[], name: string, labels: Record<string, string>) =>
  read.find((one) => identity(one) === identity({ name, labels }))?.value;

const identity = ({ name, labels }: Omit<Line, "value">) =>
  name + JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Reads the text format by its grammar, and throws at anything the format forbids. */
function parseExposition(text: string): Line[] {
  demand(text.endsWith("\n"), "a line feed at the end");
  const types = new Map<string, string>();
  const lines = new Map<string, Line>();
  let family = "";
  for (const line of text.slice(0, -1).split("\n")) {
    const meta = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/.exec(line);
    if (meta) {
      family = meta[2] as string;
      if (meta[1] !== "TYPE") continue;
      demand(!types.has(family), `one group of lines for ${family}`);
      types.set(family, meta[3] as string);
      continue;
    }
    const read = parseLine(line);
    const suffixes = types.get(family) === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
    demand(
      suffixes.some((suffix) => family + suffix === read.name),
      `${read.name} in the group of ${family}`,
    );
    demand(types.get(family) !== "counter" || read.name.endsWith("_total"), `_total at the end of ${read.name}`);
    demand(!lines.has(identity(read)), `no second ${line}`);
    lines.set(identity(read), read);
  }
  demandCumulated(lines);
  return [...lines.values()];
}

function parseLine(line: string): Line {
  const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0] ?? "";
  demand(name !== "", `a name in ${line}`);
  const labels: Record<string, string> = {};
  let at = name.length;
  if (line[at] === "{") {
    at++;
    while (line[at] !== "}") {
      const key = /^[a-zA-Z_][a-zA-Z0-9_]*(?==")/.exec(line.slice(at))?.[0] ?? "";
      demand(key !== "", `a label in ${line.slice(at)}`);
      at += key.length + 2;
      let value = "";
      for (; line[at] !== '"'; at++) {
        demand(at < line.length, `a closing quote in ${line}`);
        if (line[at] !== "\\") value += line[at];
        else {
          const escaped = { n: "\n", "\\": "\\", '"': '"' }[line[++at] as string];
          demand(escaped !== undefined, `a known escape in ${line}`);
          value += escaped;
        }
      }
      labels[key] = value;
      at++;
      if (line[at] === ",") at++;
    }
    at++;
  }
  const value = line.slice(at).trim();
  demand(/^([+-]?Inf|NaN|[+-]?\d+(\.\d+)?(e[+-]?\d+)?)$/.test(value), `a number in ${line}`);
  return { name, labels, value: Number(value.replace("Inf", "Infinity")) };
}

function demandCumulated(lines: ReadonlyMap<string, Line>): void {
  let previous: Line | undefined;
  for (const line of lines.values()) {
    if (line.name.endsWith("_bucket") && previous?.name === line.name && previous.labels.le !== "+Inf") {
      demand(line.value >= previous.value, `cumulated buckets in ${identity(line)}`);
    }
    if (line.name.endsWith("_count")) {
      const name = line.name.replace(/_count$/, "_bucket");
      const all = lines.get(identity({ name, labels: { ...line.labels, le: "+Inf" } }));
      demand(all?.value === line.value, `${identity(line)} to equal its last bucket`);
    }
    previous = line;
  }
}

function demand(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`expected ${what}`);
}
