// Services, pairs, exchanges, workloads, processes.
import { z } from "@hono/zod-openapi";
import { CHANGE_KINDS } from "../../model/change.ts";
import { RESOURCE_NAMES, type ResourceSample } from "../../model/resources.ts";
import type { ProcessSample } from "../../model/telemetry.ts";
import type { AddressPair, Health, WorkloadState } from "../../model/workload.ts";
import type { ChangeRow, EdgeRow, RouteRow, StatRow, TapRow, WorkloadRow } from "../types.ts";
import { count, share, signalFields } from "./common.ts";
import { exactly } from "./exact.ts";

export const statRow = exactly<StatRow>()({
  service: z.string(),
  namespace: z.string(),
  meshed: exactly<StatRow["meshed"]>()({ ready: count, total: count }),
  protocols: z.array(z.string()),
  connections: count.openapi({ description: "open to it now" }),
  ...signalFields,
}).openapi("StatRow");

export const changeRow = exactly<ChangeRow>()({
  time: z.iso.datetime({ precision: 3 }),
  kind: z.enum(CHANGE_KINDS),
  namespace: z.string().openapi({ description: "empty: of the mesh itself" }),
  service: z.string(),
  workload: z.string().openapi({ description: "empty: of all of them" }),
  version: z.string().openapi({ description: "that came; empty without" }),
  text: z.string(),
}).openapi("Change");

export const edgeRow = exactly<EdgeRow>()({
  source: z.string(),
  sourceNamespace: z.string(),
  destination: z.string(),
  destinationNamespace: z.string(),
  port: z.int(),
  protocol: z.string(),
  ...signalFields,
}).openapi("EdgeRow");

export const routeRow = exactly<RouteRow>()({
  service: z.string(),
  namespace: z.string(),
  route: z
    .string()
    .openapi({ description: "as learned: `GET /cart/{id}`; {other}: what is not there, and what had no room" }),
  ...signalFields,
}).openapi("RouteRow");

/** of an exchange, but for its time and where it belongs */
export const exchangeFields = {
  spanId: z.string().openapi({ description: "of the caller's (client) span" }),
  serverSpanId: z.string(),
  confidence: share.openapi({ description: "that it was, or was nobody's; 0: nobody has looked (yet)" }),
  weight: count.optional().openapi({ description: "exchanges that it stands for; absent: itself alone" }),
  source: z.string(),
  sourceWorkload: z.string(),
  destination: z.string(),
  destinationWorkload: z.string(),
  version: z.string().optional().openapi({ description: "of that workload" }),
  port: z.int(),
  protocol: z.string(),
  method: z.string(),
  path: z.string(),
  route: z.string().optional().openapi({ description: "as learned; absent: it has none" }),
  authority: z.string(),
  status: z.int(),
  attempts: count.openapi({ description: "tries up to and with this one; 0: no endpoint was tried" }),
  rule: z.string().optional().openapi({ description: "<namespace>/<route>/<rule>" }),
  rival: z
    .string()
    .optional()
    .openapi({ description: "the workload that was drawn with the chosen one and passed over" }),
  error: z.string().optional(),
  flags: z.array(z.string()),
  durationUs: count,
  phases: z.record(z.string(), count).openapi({ description: "µs from the start at which each phase was reached" }),
  waits: z.object({ requestUs: count, answerUs: count, resentUs: count }).optional().openapi({
    description:
      "µs in which the request waited for the callee to take it, the answer for the caller, and segments to the callee were sent again",
  }),
  requestBytes: count,
  responseBytes: count,
};

export const tapRow = exactly<TapRow>()({
  time: z.iso.datetime({ precision: 6 }),
  traceId: z.string(),
  ...exchangeFields,
  parentSpanId: z
    .string()
    .optional()
    .openapi({ description: "of the request that it was a call of; absent: none, or not known yet" }),
  skippedBefore: count.optional(),
}).openapi("TapRow");

const state: z.ZodType<WorkloadState> = z.enum([
  "waiting",
  "starting",
  "running",
  "stopping",
  "backoff",
  "exited",
  "failed",
]);
const health: z.ZodType<Health> = z.enum(["none", "starting", "healthy", "unhealthy"]);
const resourceFields = Object.fromEntries(RESOURCE_NAMES.map((name) => [name, count.optional()])) as Record<
  keyof ResourceSample,
  z.ZodOptional<typeof count>
>;

export const workloadRow = exactly<WorkloadRow>()({
  key: z.int(),
  id: z.string(),
  service: z.string(),
  version: z.string(),
  identity: z.string(),
  address: exactly<AddressPair>()({ v4: z.string(), v6: z.string() }),
  zone: z.string().optional(),
  declaredPorts: z.array(z.int()),
  state,
  health,
  revision: z.string(),
  pid: z.int().optional(),
  startedAtUs: count.optional(),
  restarts: count,
  lastEnd: z.string().optional(),
  exitCode: z.int().optional(),
  reason: z.string().optional(),
  limits: exactly<WorkloadRow["limits"]>()({
    cpus: count.optional(),
    memoryBytes: count.optional(),
    pids: count.optional(),
  }),
  resources: exactly<ResourceSample>()(resourceFields).optional(),
  resourcesAtUs: count.optional(),
  connections: count,
  readyPorts: z.array(z.int()),
}).openapi("WorkloadRow");

const role: z.ZodType<ProcessSample["role"]> = z.enum([
  "host",
  "runner",
  "supervisor",
  "opener",
  "worker",
  "observatory",
]);

export const processRow = exactly<ProcessSample>()({
  role,
  index: z.int(),
  pid: z.int(),
  pssBytes: count.optional(),
  ...resourceFields,
}).openapi("ProcessRow");
