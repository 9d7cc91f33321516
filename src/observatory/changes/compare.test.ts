import { expect, test } from "bun:test";
import { sample } from "../../../test/support/telemetry.ts";
import type { WorkloadSample } from "../../model/telemetry.ts";
import { watchChanges } from "./compare.ts";

const CART = sample().workloads.find(({ service }) => service === "cart") as WorkloadSample;
const of = (...own: readonly Partial<WorkloadSample>[]) =>
  sample({ workloads: own.map((one, index) => ({ ...CART, key: index + 1, id: `cart-${index + 1}`, ...one })) });
const watched = (...samples: readonly ReturnType<typeof sample>[]) => {
  const watch = watchChanges();
  return samples.map((one) => watch.take(one).map(({ kind, text, version }) => [kind, version, text]));
};

test("the first look is no change, nor is what stays as it was", () => {
  expect(watched(of({}), of({}))).toEqual([[], []]);
});

test("a new version is one deployment, whatever its roll looks like", () => {
  const [v1, v2] = [
    { revision: "a", version: "v1" },
    { revision: "b", version: "v2" },
  ];

  expect(watched(of(v1, v1), of(v1, v1, v2), of(v1, v2, v2), of(v2, v2))).toEqual([
    [],
    [["deployment", "v2", "version v2 after v1"]],
    [],
    [],
  ]);
});

test("a roll that is taken back is one deployment more", () => {
  const [v1, v2] = [
    { revision: "a", version: "v1" },
    { revision: "b", version: "v2" },
  ];

  expect(watched(of(v1, v1), of(v1, v1, v2), of(v1, v1), of(v1, v1)).slice(2)).toEqual([
    [["deployment", "v1", "version v1 after v2"]],
    [],
  ]);
});

test("the same version with another configuration is a deployment", () => {
  const found = watched(of({ revision: "a" }), of({ revision: "b" }));

  expect(found[1]).toEqual([["deployment", "v1", "rolled, version v1 again"]]);
});

test("more and fewer workloads are scaling, none at all too", () => {
  expect(watched(of({}), of({}, {}, {}), of({}), of(), of({}))).toEqual([
    [],
    [["scaling", "", "from 1 to 3 workloads"]],
    [["scaling", "", "from 3 to 1 workload"]],
    [["scaling", "", "from 1 to 0 workloads"]],
    [["scaling", "", "from 0 to 1 workload"]],
  ]);
});

test("a job that has done its work was not scaled, and one that failed is told once", () => {
  const failed = { state: "exited", exitCode: 3, reason: "exit code 3: no such table" } as const;

  expect(watched(of({}), of({ state: "exited", exitCode: 0 }), of({}), of(failed), of(failed))).toEqual([
    [],
    [],
    [],
    [["failure", "v1", "cart-1 has ended: exit code 3: no such table"]],
    [],
  ]);
});

test("an OOM kill is told whether or not the workload lives on", () => {
  const killed = (oomKills: number) => ({ resources: { oomKills } });

  expect(watched(of(killed(0)), of(killed(1)), of({ ...killed(3), restarts: 1 })).slice(1)).toEqual([
    [["oom", "v1", "the kernel ended a process of cart-1 for want of memory"]],
    [
      ["oom", "v1", "the kernel ended 2 processes of cart-1 for want of memory"],
      ["restart", "v1", "cart-1 was started again"],
    ],
  ]);
});

test("restarts, failures and lost health are told with their reason", () => {
  const found = watched(
    of({}),
    of({ restarts: 1, lastEnd: "exit code 3: no such table" }),
    of({ restarts: 1, health: "unhealthy" }),
    of({ restarts: 1, state: "failed", reason: "no such file" }),
  );

  expect(found.slice(1)).toEqual([
    [["restart", "v1", "cart-1 was started again: exit code 3: no such table"]],
    [["failure", "v1", "cart-1 became unhealthy"]],
    [["failure", "v1", "cart-1 could not be started: no such file"]],
  ]);
});

test("a start is no change, a service that comes later is a deployment", () => {
  const found = watched(of(), of({}), of({}, { service: "pay", revision: "p" }));

  expect(found).toEqual([[], [], [["deployment", "v1", "new, 1 workload of version v1"]]]);
});
