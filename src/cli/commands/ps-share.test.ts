import { expect, test } from "bun:test";
import type { HostState } from "../../api/host-types.ts";
import { cpuBetween } from "./ps-columns.ts";
import { shareLine, shareNow, shareSinceStart } from "./ps-share.ts";

function state(meshUs: number, workloadUs: number | undefined): HostState {
  return {
    project: "shop",
    composeFile: "/shop/compose.yaml",
    pid: 1,
    startedAtUs: 0,
    rootless: false,
    published: [],
    limitations: [],
    gateways: [],
    processes: [
      { role: "host", index: 0, pid: 1, cpuUs: meshUs / 2 },
      { role: "worker", index: 0, pid: 2, cpuUs: meshUs / 2 },
    ],
    workloads: [
      {
        key: 1,
        id: "cart-1",
        service: "cart",
        version: "1",
        identity: "",
        address: { v4: "", v6: "" },
        declaredPorts: [],
        state: "running",
        health: "none",
        revision: "1",
        restarts: 0,
        limits: {},
        ...(workloadUs !== undefined && { resources: { cpuUs: workloadUs } }),
      },
    ],
  };
}

test("since the start: the mesh's CPU over the time, and of what is used in all", () => {
  const share = shareSinceStart(state(5e6, 15e6), 100e6);

  expect(share).toEqual({ cpuCores: 0.05, cpuShare: 0.25 });
  expect(shareLine(share, "since the start")).toBe(
    "The mesh uses 5.0% of a core since the start, 25.0% of all CPU that it and the workloads use.",
  );
});

test("now: what was used between two looks", () => {
  const after = state(6e6, 15.5e6);
  const shares = cpuBetween(state(5e6, 15e6), after, 2e6);

  expect(shareNow(after, shares)).toEqual({ cpuCores: 0.5, cpuShare: 1 / 1.5 });
});

test("a host that does not tell what workloads use has no share to show", () => {
  const share = shareSinceStart(state(5e6, undefined), 100e6);

  expect(share).toEqual({ cpuCores: 0.05 });
  expect(shareLine(share, "now")).toBe("The mesh uses 5.0% of a core now.");
});
