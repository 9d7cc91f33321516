import { expect, test } from "bun:test";
import type { ServiceSpec } from "../../model/project.ts";
import type { Actual } from "./actual.ts";
import { reconcile } from "./reconcile.ts";
import { after, aService, aWorkload } from "./spec.fixture.ts";

/** `create web-1`, `stop 3`, `start 1`, `wait 1: reason` */
function actions(desired: ServiceSpec[], actual: Actual[]): string[] {
  return reconcile(desired, actual).map((action) => {
    if (action.type === "create") return `create ${action.id}`;
    return action.type === "wait" ? `wait ${action.key}: ${action.reason}` : `${action.type} ${action.key}`;
  });
}

const web1 = aService("web");
const web2 = aService("web", { revision: "r2" });
const twice = (spec: ServiceSpec) => ({ ...spec, replicas: 2 });
const old = (id: string, changes: Partial<Actual> = {}) => aWorkload(id, { revision: "r1", ...changes });
const fresh = (id: string, changes: Partial<Actual> = {}) => aWorkload(id, { revision: "r2", spec: web2, ...changes });

test.each<[string, ServiceSpec[], Actual[], string[]]>([
  ["nothing runs: all replicas are made", [twice(web1)], [], ["create web-1", "create web-2"]],
  ["all is as wanted: nothing is done", [twice(web1)], [aWorkload("web-1"), aWorkload("web-2")], []],
  ["a complete task is as wanted", [web1], [aWorkload("web-1", { state: "exited", exitCode: 0 })], []],
  [
    "a failed one stays as it is: trying again is its own affair",
    [web1],
    [aWorkload("web-1", { state: "failed" })],
    [],
  ],
  ["one more replica: it takes the lowest free number", [twice(web1)], [aWorkload("web-2")], ["create web-1"]],
  ["one replica less: the youngest goes", [web1], [aWorkload("web-1"), aWorkload("web-2")], ["stop 2"]],
  ["no replicas: all go", [{ ...web1, replicas: 0 }], [aWorkload("web-1")], ["stop 1"]],
  [
    "a number is not free while its workload is stopping",
    [web1],
    [aWorkload("web-1", { state: "stopping" })],
    ["create web-2"],
  ],
])("%s", (_, desired, actual, expected) => {
  expect(actions(desired, actual)).toEqual(expected);
});

test.each<[string, ServiceSpec[], Actual[], string[]]>([
  [
    "a new revision: its first replica is made beside the old ones",
    [twice(web2)],
    [old("web-1"), old("web-2")],
    ["create web-3"],
  ],
  [
    "the new one is not ready: the old ones stay, and no other is made",
    [twice(web2)],
    [old("web-1"), old("web-2"), fresh("web-3", { isReady: false })],
    [],
  ],
  [
    "the new one is ready: one old one goes, the next new one comes",
    [twice(web2)],
    [old("web-1"), old("web-2"), fresh("web-3")],
    ["create web-4", "stop 2"],
  ],
  [
    "all new ones are ready: the last old one goes",
    [twice(web2)],
    [old("web-1"), fresh("web-3"), fresh("web-4")],
    ["stop 1"],
  ],
  [
    "the new one fails: the old ones go on serving",
    [twice(web2)],
    [old("web-1"), old("web-2"), fresh("web-3", { state: "failed", isReady: false })],
    [],
  ],
  [
    "an old one that does not run is replaced at once",
    [web2],
    [old("web-1", { state: "backoff" })],
    ["create web-2", "stop 1"],
  ],
  [
    "a new revision with more replicas: the additional ones come at once",
    [{ ...web2, replicas: 3 }],
    [old("web-1")],
    ["create web-2", "create web-3", "stop 1"].slice(0, 2),
  ],
  [
    "a new revision with fewer replicas: the surplus of old ones goes",
    [web2],
    [old("web-1"), old("web-2")],
    ["create web-3", "stop 2"],
  ],
  [
    "a newer revision while a roll is under way: the half-made one goes",
    [{ ...web2, revision: "r3" }],
    [old("web-1"), fresh("web-2", { state: "starting" })],
    ["create web-3", "stop 2"],
  ],
  ["other services are left alone", [web2, aService("db")], [old("web-1"), aWorkload("db-1")], ["create web-2"]],
])("%s", (_, desired, actual, expected) => {
  expect(actions(desired, actual)).toEqual(expected);
});

const db = aService("db");
const needs = (condition: "started" | "healthy" | "completed_successfully", required = true) =>
  aService("web", { dependsOn: [after("db", condition, required)] });
const waiting = (spec: ServiceSpec) => aWorkload("web-1", { spec, state: "waiting" });

test.each<[string, ServiceSpec, Actual[], string[]]>([
  [
    "started: not while it is starting",
    needs("started"),
    [aWorkload("db-1", { state: "starting" })],
    ["wait 1: waits for db to start (db-1 is starting)"],
  ],
  ["started: when its command ran", needs("started"), [aWorkload("db-1")], ["start 1"]],
  [
    "healthy: not before the first check passed",
    needs("healthy"),
    [aWorkload("db-1", { health: "starting" })],
    ["wait 1: waits for db to be healthy (db-1 is starting)"],
  ],
  [
    "healthy: not when it is unhealthy, and the reason is told",
    needs("healthy"),
    [aWorkload("db-1", { health: "unhealthy", reason: "no disk" })],
    ["wait 1: waits for db to be healthy (db-1 is unhealthy: no disk)"],
  ],
  ["healthy: when it is", needs("healthy"), [aWorkload("db-1", { health: "healthy" })], ["start 1"]],
  [
    "completed: not while it runs",
    needs("completed_successfully"),
    [aWorkload("db-1")],
    ["wait 1: waits for db to complete (db-1 is running)"],
  ],
  [
    "completed: when it ended with 0",
    needs("completed_successfully"),
    [aWorkload("db-1", { state: "exited", exitCode: 0 })],
    ["start 1"],
  ],
  [
    "completed: not when it failed",
    needs("completed_successfully"),
    [aWorkload("db-1", { state: "exited", exitCode: 1, reason: "exit code 1" })],
    ["wait 1: waits for db to complete (db-1 is exited: exit code 1)"],
  ],
  [
    "not required: a failed one does not hold it up",
    needs("healthy", false),
    [aWorkload("db-1", { state: "failed" })],
    ["start 1"],
  ],
  [
    "not required, but on its way: it is waited for",
    needs("healthy", false),
    [aWorkload("db-1", { health: "starting" })],
    ["wait 1: waits for db to be healthy (db-1 is starting)"],
  ],
])("depends on %s", (_, spec, others, expected) => {
  expect(actions([db, spec], [...others, waiting(spec)])).toEqual(expected);
});

test("every replica of a dependency counts", () => {
  const spec = needs("started");
  const half = [aWorkload("db-1"), aWorkload("db-2", { state: "starting" }), { ...waiting(spec), key: 9 }];

  expect(actions([twice(db), spec], half)).toEqual(["wait 9: waits for db to start (db-2 is starting)"]);
});

test("services go in reverse order of dependency: what others use goes when they are gone", () => {
  const spec = needs("started");
  const webRuns = aWorkload("web-1", { spec, key: 7 });

  expect(actions([], [aWorkload("db-1"), webRuns])).toEqual(["stop 7"]);
  expect(actions([], [aWorkload("db-1"), { ...webRuns, state: "stopping" }])).toEqual([]);
  expect(actions([], [aWorkload("db-1")])).toEqual(["stop 1"]);
});

test("a removed service goes although others that stay once used it", () => {
  const spec = needs("started");

  expect(actions([spec], [aWorkload("db-1"), aWorkload("web-1", { spec, key: 7 })])).toEqual(["stop 1"]);
});
