import { expect, test } from "bun:test";
import type { ServiceSpec } from "../../model/project.ts";
import type { Actual } from "./actual.ts";
import { settled } from "./settled.ts";
import { after, aService, aWorkload } from "./spec.fixture.ts";

const web = aService("web");
const newWeb = aService("web", { revision: "r2" });
const fresh = (id: string, changes: Partial<Actual> = {}) =>
  aWorkload(id, { revision: "r2", spec: newWeb, ...changes });
const needy = aService("web", { dependsOn: [after("db", "healthy")] });

test.each<[string, ServiceSpec[], Actual[], boolean, string[]]>([
  ["nothing wanted, nothing there", [], [], true, []],
  ["one still to be made", [web], [], false, []],
  ["it runs", [web], [aWorkload("web-1")], true, []],
  ["its first check is still to pass", [web], [aWorkload("web-1", { health: "starting", isProven: false })], false, []],
  ["it only just runs", [web], [aWorkload("web-1", { isProven: false })], false, []],
  ["it is healthy", [web], [aWorkload("web-1", { health: "healthy" })], true, []],
  ["it is unhealthy", [web], [aWorkload("web-1", { health: "unhealthy", isProven: false })], true, ["web-1"]],
  ["a task is complete", [web], [aWorkload("web-1", { state: "exited", exitCode: 0 })], true, []],
  ["a task failed", [web], [aWorkload("web-1", { state: "exited", exitCode: 2 })], true, ["web-1"]],
  ["it could not be started", [web], [aWorkload("web-1", { state: "failed" })], true, ["web-1"]],
  ["it is tried once more", [web], [aWorkload("web-1", { state: "backoff", restarts: 1 })], false, []],
  ["it fails again and again", [web], [aWorkload("web-1", { state: "backoff", restarts: 3 })], true, ["web-1"]],
  ["a removed one is still there", [], [aWorkload("web-1", { state: "stopping" })], false, []],
  ["a roll is under way", [newWeb], [aWorkload("web-1"), fresh("web-2")], false, []],
  ["a roll is over", [newWeb], [fresh("web-2")], true, []],
  ["a roll failed", [newWeb], [aWorkload("web-1"), fresh("web-2", { state: "failed" })], true, ["web-2"]],
  [
    "it waits for one on its way",
    [needy, aService("db")],
    [aWorkload("web-1", { state: "waiting", spec: needy }), aWorkload("db-1", { health: "starting" })],
    false,
    [],
  ],
  [
    "it waits for one that failed",
    [needy, aService("db")],
    [aWorkload("web-1", { state: "waiting", spec: needy }), aWorkload("db-1", { state: "failed" })],
    true,
    ["web-1", "db-1"],
  ],
])("%s", (_, desired, actual, isSettled, failed) => {
  expect(settled(desired, actual)).toEqual({ isSettled, failed });
});
