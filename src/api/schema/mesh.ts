// The mesh as a whole: its health, its map, its figures over time.
import { z } from "@hono/zod-openapi";
import type { NodeKind } from "../../analysis/graph/node.ts";
import type { StepPhases } from "../../model/figures.ts";
import type {
  HealthAnswer,
  MapAnswer,
  MapEdge,
  MapNamespace,
  MapNode,
  ResourceStep,
  ResourcesRow,
  SeriesRow,
} from "../types.ts";
import {
  count,
  envelopeFields,
  health,
  healthState,
  serviceHealth,
  share,
  signalFields,
  signals,
  time,
} from "./common.ts";
import { exactly } from "./exact.ts";

const project = z.string().openapi({ description: "empty before an agent has reported" });

export const healthAnswer = exactly<HealthAnswer>()({
  ...envelopeFields,
  project,
  health,
  rows: z.array(serviceHealth),
}).openapi("HealthAnswer");

const kind: z.ZodType<NodeKind> = z.enum(["service", "namespace", "outside"]);

const mapNode = exactly<MapNode>()({
  id: z.string().openapi({
    description:
      "`shop/cart`; a folded namespace `shop/`; the outside that calls `outside`; a name of the outside `outside/api.example.com`",
  }),
  kind,
  name: z.string(),
  namespace: z.string(),
  services: count,
  workloads: exactly<MapNode["workloads"]>()({ ready: count, total: count }),
  versions: z.array(z.string()),
  protocols: z.array(z.string()),
  signals,
  state: healthState,
  reasons: z.array(z.string()),
}).openapi("MapNode");

const mapEdge = exactly<MapEdge>()({
  id: z.string(),
  source: z.string(),
  target: z.string(),
  protocols: z.array(z.string()),
  ports: z.array(z.int()),
  signals,
  state: healthState,
}).openapi("MapEdge");

const mapNamespace = exactly<MapNamespace>()({
  name: z.string(),
  services: count,
  isExpanded: z.boolean(),
  state: healthState,
}).openapi("MapNamespace");

export const mapAnswer = exactly<MapAnswer>()({
  ...envelopeFields,
  project,
  health,
  nodes: z.array(mapNode),
  edges: z.array(mapEdge),
  namespaces: z.array(mapNamespace),
  hidden: count.openapi({ description: "services that the focus leaves out" }),
}).openapi("MapAnswer");

export const seriesRow = exactly<SeriesRow>()({
  time,
  isPartial: z.boolean().optional(),
  ...signalFields,
  phases: exactly<StepPhases>()({
    head: count.openapi({ description: "until the request's head was there" }),
    route: count,
    pool: count.openapi({ description: "waiting for a connection" }),
    connect: count,
    tls: count,
    send: count.openapi({ description: "sending the request" }),
    firstByte: count.openapi({ description: "waiting for the first byte of the answer" }),
    receive: count.openapi({ description: "until its last byte came" }),
    deliver: count.openapi({ description: "until the caller had it" }),
  })
    .optional()
    .openapi({ description: "ms of the mean request, by where it was; absent without requests" }),
  exemplar: exactly<NonNullable<SeriesRow["exemplar"]>>()({
    traceId: z.string().openapi({ description: "for /traces/{id}" }),
    spanId: z.string(),
    durationMs: count,
  })
    .optional()
    .openapi({ description: "the slowest request" }),
}).openapi("SeriesRow");

const resourceStep = exactly<ResourceStep>()({
  time,
  cpuCores: count.optional(),
  memoryBytes: count.optional().openapi({ description: "the most in the step" }),
  listenQueue: count.optional().openapi({
    description: "connections that waited until they were accepted, at the fullest socket; the most in the step",
  }),
  throttledShare: share.optional(),
  connections: count,
  isReady: z.boolean().openapi({ description: "in all of the step" }),
}).openapi("ResourceStep");

export const resourcesRow = exactly<ResourcesRow>()({
  workload: z.string(),
  service: z.string(),
  version: z.string(),
  points: z.array(resourceStep),
}).openapi("ResourcesRow");
