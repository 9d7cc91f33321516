// Telemetry as an agent would send it: random exchanges between a few services, as a real batch, and a sample that names
// them.
import { ERROR_CODES } from "../../src/base/errors/index.ts";
import { type Random, seededRandom } from "../../src/base/random.ts";
import { ABSENT, FLAG, SPAN_COLUMNS, type Span, type SpanColumn } from "../../src/model/span.ts";
import { encodeBatch } from "../../src/model/span-batch.ts";
import { ringSize, spanReader, spanWriter } from "../../src/model/span-ring.ts";
import type { NamedRule, Sample, WorkloadSample } from "../../src/model/telemetry.ts";

export const SERVICES = ["web", "cart", "pay", "stock"] as const;
export const PROJECT = "shop";

/** workload keys: 10 + service; service keys: 1 + place in SERVICES */
export function sample(overrides: Partial<Sample> = {}): Sample {
  return {
    agent: "agent-1",
    atUs: 1_700_000_000_000_000,
    project: PROJECT,
    services: SERVICES.map((name, index) => ({ key: index + 1, name, namespace: PROJECT })),
    workloads: SERVICES.map((name, index) => workload(name, index)),
    processes: [{ role: "supervisor", index: 0, pid: 7, cpuUs: 5_000_000, pssBytes: 20_000_000 }],
    lost: { ring: 0, upload: 0 },
    ...overrides,
  };
}

function workload(service: string, index: number): WorkloadSample {
  return {
    key: 11 + index,
    id: `${service}-1`,
    service,
    version: "v1",
    identity: `spiffe://meshwise.local/ns/${PROJECT}/sa/${service}`,
    address: { v4: `240.128.0.${index}`, v6: `fd00:6d77:80::${index}` },
    declaredPorts: [8080],
    state: "running",
    health: "none",
    revision: "abc",
    restarts: 0,
    limits: {},
    connections: index,
    readyPorts: [8080],
    resources: { cpuUs: 1_000_000 * index, memoryBytes: 1_000 },
  };
}

const EMPTY = Object.fromEntries(Object.keys(SPAN_COLUMNS).map((name) => [name, 0])) as Record<SpanColumn, number>;

export function span(overrides: Partial<Span>): Span {
  return {
    ...EMPTY,
    path: "/",
    authority: "cart:8080",
    startUs: 1_700_000_000_000_000,
    source: 11,
    service: 2,
    workload: 12,
    port: 8080,
    status: 200,
    method: 1,
    protocol: 1,
    end: 1_000,
    pooled: ABSENT,
    secured: ABSENT,
    ...overrides,
  };
}

/** Exchanges of many kinds that end in [fromUs, toUs): HTTP, TCP, failures, published, egress. */
export function randomSpans(count: number, fromUs: number, toUs: number, random: Random = seededRandom(7)): Span[] {
  const spans: Span[] = [];
  for (let i = 0; i < count; i++) {
    const end = Math.floor(10 ** (2 + random.unit() * 4));
    const endUs = Math.floor(fromUs + random.unit() * (toUs - fromUs));
    const target = random.u32() % SERVICES.length;
    const kind = random.unit();
    const isEgress = kind < 0.1;
    const isTcp = kind > 0.9;
    const hasFailed = random.unit() < 0.1;
    spans.push(
      span({
        startUs: endUs - end,
        end,
        source: kind > 0.1 && kind < 0.2 ? 0 : 11 + (random.u32() % SERVICES.length),
        service: isEgress ? 0 : target + 1,
        workload: isEgress || hasFailed ? 0 : 11 + target,
        flags: isEgress ? FLAG.egress : kind < 0.2 ? FLAG.published : random.u32() % 4 === 0 ? FLAG.reused : 0,
        authority: isEgress ? `api${random.u32() % 3}.example.com:443` : `${SERVICES[target]}:8080`,
        port: isEgress ? 443 : 8080,
        protocol: isTcp ? 0 : 1,
        method: isTcp ? 0 : 1 + (random.u32() % 4),
        status: isTcp ? 0 : hasFailed ? 502 : ([200, 200, 201, 404, 500][random.u32() % 5] as number),
        error: hasFailed ? 1 + (random.u32() % ERROR_CODES.length) : 0,
        path: isTcp ? "" : `/${["items", "cart", "über"][random.u32() % 3]}/${random.u32() % 50}`,
        requestBytes: random.u32() % 5_000,
        responseBytes: random.u32() * 4,
        trace0: random.u32(),
        trace3: random.u32(),
        client0: random.u32(),
        client1: random.u32(),
        firstByte: Math.floor(end / 2),
      }),
    );
  }
  return spans;
}

/** of the rules whose keys spans may have here */
function ruleOf(key: number): NamedRule {
  return { name: `${PROJECT}/route-${key}/0`, ...(key >= NAMED_RULES && { countedAs: `rule-${key}` }) };
}
/** from this key on, rules have a name that their requests are counted under */
const NAMED_RULES = 1_000;

/** The bytes that an agent uploads. */
export function batchOf(spans: readonly Span[], sequence = 0, agent = "agent-1"): Uint8Array {
  const rows = 2 ** Math.ceil(Math.log2(Math.max(spans.length, 2)));
  const bytes = new Uint8Array(ringSize(rows));
  const writer = spanWriter(bytes, rows);
  for (const one of spans) {
    const row = writer.claim();
    for (const name of Object.keys(SPAN_COLUMNS) as SpanColumn[]) writer.columns[name][row] = one[name];
    writer.setPath(row, one.path);
    writer.setAuthority(row, one.authority);
    writer.publish();
  }
  return encodeBatch({ agent, sequence }, [spanReader(bytes, rows)], rows, ruleOf) ?? new Uint8Array(0);
}
