import { expect, test } from "bun:test";
import { sample } from "../../test/support/telemetry.ts";
import { lookedAt } from "./looked.ts";
import type { WorkloadSample } from "./telemetry.ts";

const AT_US = 1_700_000_000_000_000;
const CART = sample().workloads.find(({ service }) => service === "cart") as WorkloadSample;
const looked = (some: Partial<WorkloadSample>) => lookedAt({ atUs: AT_US, workloads: [{ ...CART, ...some }] });

test("figures have the time at which they were read, not that at which they were told", () => {
  expect(looked({ resources: { cpuUs: 5 }, resourcesAtUs: AT_US - 2e6 })[0]).toMatchObject({
    ...{ workload: CART.id, used: { cpuUs: 5 }, atUs: AT_US - 2e6 },
  });
});

test("one that has ended, or tells no figures, is looked at now", () => {
  expect(looked({ resources: { cpuUs: 5 }, resourcesAtUs: AT_US - 60e6 })[0]?.atUs).toBe(AT_US);
  expect(looked({})[0]?.atUs).toBe(AT_US);
});

test("the host stands beside workloads, under no service", () => {
  const all = lookedAt({ atUs: AT_US, workloads: [CART], host: { cpuUs: 7 } });

  expect(all.map(({ service, workload }) => [service, workload])).toEqual([
    ["cart", CART.id],
    ["", "host"],
  ]);
});
