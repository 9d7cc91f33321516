// What holds for every fault: the same seed is the same fault, another one is another, and the truth is whole.
import { expect, test } from "bun:test";
import { seededRandom } from "../../src/base/random.ts";
import { faults } from "./catalogue.ts";
import type { Draw, Scene } from "./fault.ts";

const REPLICATED = ["web", "catalog", "cart", "payment"];
const SINGLE = [
  "search",
  "recommendations",
  "recommendations-next",
  "inventory",
  "coupons",
  "shipping",
  "checkout",
  "orders",
];
const STORES = ["redis", "postgres"];
const workload = (service: string, number: number) => {
  const id = `${service}-${number}`;
  return { id, service, version: "1", pid: 1, meshPid: 1 };
};
const scene: Scene = {
  workloads: [
    ...REPLICATED.flatMap((service) => [workload(service, 1), workload(service, 2)]),
    ...[...SINGLE, ...STORES].map((service) => workload(service, 1)),
  ],
  cores: () => 0.01,
  products: Array.from({ length: 20 }, (_, number) => `product-${number}`),
};

const drawn = (fault: (typeof faults)[number], seed: number) => fault.draw(seededRandom(seed), scene);
const told = ({ causes, decoys, symptom }: Draw) => JSON.stringify({ causes, decoys, symptom });

test("there are at least thirty, each with a name of its own and one line", () => {
  expect(faults.length).toBeGreaterThanOrEqual(30);
  expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
  for (const { summary } of faults) expect(summary).not.toContain("\n");
});

test.each(faults.map((fault) => [fault.name, fault] as const))("%s is drawn by its seed alone", (_, fault) => {
  for (let seed = 1; seed <= 20; seed++) expect(told(drawn(fault, seed))).toBe(told(drawn(fault, seed)));
});

test("most draw their place or size anew for each seed", () => {
  const seeds = Array.from({ length: 20 }, (_, seed) => seed);
  const isVaried = faults.filter((fault) => new Set(seeds.map((seed) => told(drawn(fault, seed)))).size > 1);

  expect(isVaried.length).toBeGreaterThan(faults.length * 0.75);
});

test.each(faults.map((fault) => [fault.name, fault] as const))(
  "the truth of %s names places that there are",
  (_, fault) => {
    for (let seed = 1; seed <= 20; seed++) {
      const { causes, decoys = [], symptom } = drawn(fault, seed);
      for (const { subject, what } of [...causes, ...decoys]) {
        const { service, workload } = subject;
        if (service !== "(host)") expect(scene.workloads.map((one) => one.service)).toContain(service);
        if (workload) expect(scene.workloads.map((one) => one.id)).toContain(workload);
        expect(what).not.toContain("undefined");
      }
      expect(symptom === undefined).toBe(causes.length === 0); // who has nothing to complain about does not ask
    }
  },
);
