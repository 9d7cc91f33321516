import { expect, test } from "bun:test";
import type { ResourceSample } from "../../model/resources.ts";
import type { UsedBy } from "../ledger/ledger.ts";
import { lostBy } from "./lost.ts";

/** looks a second apart */
function used(workload: string, rise: ResourceSample): UsedBy {
  const looked = Array.from({ length: 10 }, (_, at) => ({ fromUs: at * 1e6, toUs: (at + 1) * 1e6, rise }));
  return { workload, looked };
}

const calm: ResourceSample = { segments: 1_000, retransmits: 0, datagrams: 20, datagramsTaken: 20 };

test("segments that are sent again, and were not before, have been lost", () => {
  const during = [used("web-1", calm), used("web-2", { ...calm, segments: 950, retransmits: 50 })];

  const found = lostBy([used("web-1", calm), used("web-2", calm)], during);

  expect(found).toEqual({ workload: "web-2", of: "TCP segments", before: 0, during: 0.05 });
});

test("so have datagrams that did not arrive", () => {
  const during = [used("web-1", { ...calm, datagrams: 20, datagramsTaken: 8 })];

  const found = lostBy([used("web-1", calm)], during);

  expect(found).toEqual({ workload: "web-1", of: "UDP datagrams", before: 0, during: 0.6 });
});

test("the trouble may have begun before its first request had ended", () => {
  const lossy = { ...calm, datagramsTaken: 8 };
  const [long, short] = [used("web-1", calm), used("web-1", lossy)];
  const before = { ...long, looked: [...long.looked, ...short.looked.slice(0, 5)] };

  expect(lostBy([before], [short])).toMatchObject({ of: "UDP datagrams", before: 0, during: 0.6 });
});

test("where all workloads lose as many, none of them is named", () => {
  const lossy = { ...calm, retransmits: 50 };
  const before = [used("web-1", calm), used("web-2", calm)];

  expect(lostBy(before, [used("web-1", lossy), used("web-2", lossy)])).not.toHaveProperty("workload");
  expect(lostBy(before, [used("web-1", lossy), used("web-2", calm)])).toMatchObject({ workload: "web-1" });
});

test("a few, as many as ever, or what the host does not tell, say nothing", () => {
  const lossy = [used("web-1", { ...calm, retransmits: 50 })];
  const few = [used("web-1", { ...calm, segments: 3, datagramsTaken: 20, retransmits: 0.9 })];

  expect(lostBy(lossy, lossy)).toBeUndefined();
  expect(lostBy([used("web-1", calm)], few)).toBeUndefined();
  expect(lostBy([used("web-1", {})], [used("web-1", { datagrams: 50, segments: 50 })])).toBeUndefined();
  expect(lostBy([], [])).toBeUndefined();
  expect(lostBy([used("web-1", calm)], [used("web-1", { ...calm, retransmits: 50, listenDrops: 50 })])).toBeUndefined();
});
