// Minutes of a shop in which something goes wrong: what an observatory is told of web, cart and pay.
import { FLAG, type Span } from "../../src/model/span.ts";
import type { WorkloadSample } from "../../src/model/telemetry.ts";
import type { Opened } from "./open-observatory.ts";
import { batchOf, sample, span } from "./telemetry.ts";

const STEP_MS = 10_000;
const CALLS = 20;
/** key of cart's second workload, which answers every third request */
const SECOND = 22;

/** web is asked from outside and asks cart, cart asks pay; `cartMs` of cart's own */
export type Fault = {
  readonly cartMs?: number;
  readonly failing?: number;
  /** of the second workload of cart */
  readonly secondMs?: number;
  /** how often cart asks pay for each request */
  readonly pays?: number;
  /** programs beside the mesh take so many CPUs, and everybody waits for one half of the time */
  readonly besides?: number;
};

export type Told = Pick<Opened, "observatory" | "clock">;

/** of what was used so far, µs: by the host, by each workload, in line for a CPU */
const spent = { host: 0, each: 0, waited: 0, some: 0 };

export async function pass({ observatory, clock }: Told, minutes: number, fault: Fault = {}): Promise<void> {
  const { cartMs = 20, failing = 0, secondMs = cartMs, pays = 1, besides = 0 } = fault;
  for (let step = 0; step < minutes * 6; step++) {
    clock.advance(STEP_MS);
    const nowUs = clock.nowUs();
    const spans: Span[] = [];
    for (let i = 0; i < CALLS; i++) {
      const endUs = nowUs - 9_000_000 + i * 400_000;
      const status = i < failing ? 500 : 200;
      const payUs = 10_000 + (i % 5) * 300;
      const isSecond = i % 3 === 0;
      const cartUs = payUs + 1000 * (isSecond ? secondMs : cartMs) + (i % 5) * 500;
      const webUs = cartUs + 15_000 + (i % 4) * 400;
      const call = (source: number, service: number, end: number, rest: Partial<Span> = {}) =>
        span({
          startUs: endUs - end,
          firstByte: end,
          lastIn: end,
          end,
          source,
          service,
          workload: 10 + service,
          ...ids(sequence, i, service),
          ...rest,
        });
      spans.push(
        call(0, 1, webUs, { flags: FLAG.published, status }),
        call(11, 2, cartUs, { status, ...(isSecond && { workload: SECOND }) }),
        ...Array.from({ length: pays }, () => call(12, 3, payUs)),
      );
    }
    const { workloads } = sample();
    const second = { ...(workloads[1] as WorkloadSample), key: SECOND, id: "cart-2", version: "v2" };
    spent.each += 0.02 * STEP_MS * 1000;
    spent.waited += (besides > 0 ? 0.03 : 0.001) * STEP_MS * 1000;
    spent.some += (besides > 0 ? 0.9 : 0.02) * STEP_MS * 1000;
    spent.host += (0.2 + besides) * STEP_MS * 1000;
    const resources = { cpuUs: spent.each, runDelayUs: spent.waited, throttledUs: 0, memoryBytes: 1_000 };
    observatory.intake.sample(
      sample({
        atUs: nowUs,
        workloads: [...workloads, second].map((one) => ({ ...one, resources })),
        host: { cpuUs: spent.host, cpuSomeUs: spent.some, memoryBytes: 1e9 },
      }),
    );
    observatory.intake.spans(batchOf(spans, ++sequence));
  }
}

let sequence = 0;

function ids(batch: number, i: number, service: number): Partial<Span> {
  return { trace0: batch + 1, trace3: i + 1, client0: 100 * batch + i + 1, client1: service };
}
