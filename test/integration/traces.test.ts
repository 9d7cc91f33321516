// Traces of real processes under the mesh that pass nothing on. The truth is the length of the bodies: every visit has its
// own, each service sends as many bytes on as it got, and the mesh counts bytes but does not stitch by them.
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Answer, LogRow, TapRow, TraceAnswer, TraceRow } from "../../src/api/types.ts";
import { inFolder, meshwise, start } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";

type Calls = Readonly<Record<string, readonly string[]>>;

/** front → (a → (b → d), then c → d) */
const CALLS: Calls = { front: ["a", "c"], a: ["b"], b: ["d"], c: ["d"], d: [] };
const VISITS = 400;

/** a purchase; each names the order in the path or in the query */
const PURCHASE: Calls = {
  front: ["cart", "orders"],
  cart: ["stock"],
  orders: ["stock", "payment", "mail"],
  payment: ["bank"],
  ...{ stock: [], mail: [], bank: [] },
};
const EXCHANGES = 8;

const SERVICE = `
const calls = (process.env.CALLS ?? "").split(",").filter(Boolean);
const work = () => Bun.sleep(1 + 6 * Math.random());
const attribute = (key, stringValue) => ({ key, value: { stringValue } });
const resource = { attributes: [attribute("service.name", process.env.TELLS ?? "")] };
const tell = (signal, body) =>
  fetch("http://otlp.meshwise:4318/v1/" + signal, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const nanos = () => String(Date.now()) + "000000";
/** A span of its own around what it does, whose id it sends on. */
async function instrumented(request, act) {
  const [, traceId, parentSpanId] = request.headers.get("traceparent").split("-");
  const spanId = crypto.randomUUID().replaceAll("-", "").slice(16);
  const startTimeUnixNano = nanos();
  await act({ traceparent: "00-" + traceId + "-" + spanId + "-01" });
  const span = { traceId, spanId, parentSpanId, name: "reserve", kind: 1, startTimeUnixNano, endTimeUnixNano: nanos() };
  await tell("traces", { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });
  const record = { timeUnixNano: nanos(), traceId, spanId, severityNumber: 13, body: { stringValue: "few are left" } };
  await tell("logs", { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [record] }] }] });
}
Bun.serve({
  port: 8080,
  async fetch(request) {
    const body = await request.text();
    const order = /[0-9]+$/.exec(request.url)?.[0];
    await work();
    const ask = async (headers = {}) => {
     for (const name of calls) {
      const path = order === undefined ? "/" : name === "bank" ? "/orders?order=" + order : "/orders/" + order;
      await (await fetch("http://" + name + ":8080" + path, { method: "POST", body, headers })).text();
      await work();
     }
    };
    if (process.env.TELLS) await instrumented(request, ask);
    else await ask();
    return new Response("done");
  },
});
`;

function freePort(): number {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  server.stop(true);
  return server.port;
}

function compose(folder: string, port: number, all: Calls): string {
  const services = Object.entries(all).map(
    ([name, calls]) => `  ${name}:
    command: [${JSON.stringify(process.execPath)}, ${JSON.stringify(join(folder, "service.js"))}]
    expose: ["8080"]
    environment: { CALLS: "${calls.join(",")}"${name === "teller" ? ', TELLS: "teller"' : ""} }
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

type Shop = {
  /** as many visits, so many at once; each with a body of its own length */
  visit(count: number, atOnce: number, path: (visit: number) => string): Promise<void>;
  /** what the visits caused, once it is all there and it is known whose it was */
  rows(count: number): Promise<TapRow[]>;
  ask(...args: readonly string[]): ReturnType<typeof meshwise>;
};

async function inShop(calls: Calls, act: (shop: Shop) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const port = freePort();
    writeFileSync(join(folder, "service.js"), SERVICE);
    writeFileSync(join(folder, "compose.yaml"), compose(folder, port, calls));
    const environment = { MESHWISE_STATE_DIR: join(folder, "state"), MESHWISE_API_PORT: "0" };
    const ask = (...args: readonly string[]) => meshwise(args, { directory: folder, environment });
    const post = (path: string, body: string) => fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", body });
    const up = start(["up"], { directory: folder, environment });
    try {
      await eventually(async () => (await post("/visit", "x")).ok, { withinMs: 60_000, everyMs: 300 });
      await act({
        ask,
        async visit(count, atOnce, path) {
          let next = 1;
          const visitor = async () => {
            while (next <= count) {
              const visit = next++;
              await post(path(visit), "x".repeat(1_000 + visit));
            }
          };
          await Promise.all(Array.from({ length: atOnce }, visitor));
        },
        rows: (count) =>
          eventually(
            async () => {
              const { out } = await ask("tap", "--method", "POST", "-n", "10000", "-o", "json");
              const found = (JSON.parse(out) as Answer<TapRow>).rows.filter(({ requestBytes }) => requestBytes > 1_000);
              return found.length === count && found.every(({ confidence }) => confidence > 0) ? found : undefined;
            },
            { withinMs: 100_000, everyMs: 500 },
          ),
      });
    } finally {
      up.kill("SIGINT");
      await up.exited;
    }
  });
}

test("services that pass nothing on make whole traces, live", async () => {
  await inShop(CALLS, async ({ visit, rows: rowsOf, ask }) => {
    await visit(VISITS, 4, () => "/visit");

    const rows = await rowsOf(VISITS * 6);

    const learned = rows.filter(({ requestBytes }) => requestBytes > 1_000 + VISITS / 4);
    const [all, later] = [shareRight(rows), shareRight(learned)].map((share) => (100 * share).toFixed(1));
    console.log(`${all} % of ${rows.length} calls stand in the right place, ${later} % after the first quarter`);
    // a loaded machine stretches the gaps that it is learned by; chance would bring less than a third
    expect(shareRight(rows)).toBeGreaterThan(0.6);

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
  });
}, 180_000);

test("purchases across seven services, many at once, are found by the order that their calls name", async () => {
  await inShop(PURCHASE, async ({ visit, rows: rowsOf, ask }) => {
    await visit(200, 8, (visit) => `/buy/${70_000 + visit}`);

    const rows = await rowsOf(200 * EXCHANGES);

    expect(shareRight(rows)).toBeGreaterThan(0.95);
    const { out } = await ask("trace", "--of", "bank", "--since", "5m", "-n", "200", "-o", "json");
    const whole = (JSON.parse(out) as Answer<TraceRow>).rows.find(({ calls }) => calls === EXCHANGES) as TraceRow;
    const { spans } = JSON.parse((await ask("trace", whole.traceId, "-o", "json")).out) as TraceAnswer;
    expect(spans.map(({ depth, destination }) => `${depth} ${destination}`)).toEqual([
      ...["0 front", "1 cart", "2 stock", "1 orders", "2 stock", "2 payment", "3 bank", "2 mail"],
    ]);
    for (const { confidence } of spans) expect(confidence).toBeGreaterThan(0.9);
  });
}, 180_000);

test("what an instrumented service says stands in the trace, with what is called in its name", async () => {
  await inShop({ front: ["teller"], teller: ["stock"], stock: [] }, async ({ visit, rows: rowsOf, ask }) => {
    await visit(30, 1, () => "/visit");

    const rows = await rowsOf(30 * 3);

    const last = rows.find(
      ({ destination, requestBytes }) => destination === "teller" && requestBytes === 1_030,
    ) as TapRow;
    const traceId = rows.find((row) => row.destination === "front" && row.requestBytes === 1_030)?.traceId as string;
    expect(last.traceId).toBe(traceId);
    const trace = await eventually(async () => {
      const one = JSON.parse((await ask("trace", traceId, "-o", "json")).out) as TraceAnswer;
      return one.appSpans.length === 1 ? one : undefined;
    });
    const spans = trace.spans.filter(({ destination }) => destination !== "otlp.meshwise");
    expect(spans.map(({ depth, destination, link }) => `${depth} ${destination} ${link}`)).toEqual([
      ...["0 front root", "1 teller inferred", "2 stock sent"],
    ]);
    expect(trace.appSpans).toMatchObject([{ name: "reserve", service: "teller", call: last.spanId, depth: 0 }]);
    const shown = await ask("trace", traceId);
    expect(shown.out).toContain("· teller: reserve");

    const said = await ask("logs", "--trace", traceId, "-o", "json");
    const lines = (JSON.parse(said.out) as Answer<LogRow>).rows.filter(({ source }) => source === "otlp");
    expect(lines).toMatchObject([{ service: "teller", level: "warn", text: "few are left" }]);
  });
}, 180_000);
