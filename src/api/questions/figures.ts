// Golden signals: of services, of pairs, over time; what workloads use.
import { neighbourhood } from "../../analysis/graph/neighbourhood.ts";
import { serviceNode } from "../../analysis/graph/node.ts";
import { HOST_SERVICE } from "../../model/looked.ts";
import type { Flow } from "../../model/tally.ts";
import { edgeOf, probesIn } from "../../observatory/query/queries.ts";
import { answer, envelope, resourcesRow, seriesRow, stepped } from "../answer.ts";
import { countParameter, invalid, probesField, service, step, windowFields, windowOf } from "../parameters.ts";
import { question } from "../question.ts";
import { answerOf, steppedOf } from "../schema/common.ts";
import { resourcesRow as resourcesRowSchema, seriesRow as seriesRowSchema } from "../schema/mesh.ts";
import { edgeRow, routeRow, statRow } from "../schema/rows.ts";

export const MOST_HOPS = 100;

export const stat = question({
  path: "/stat",
  summary: "Success rate, requests per second and latencies of each service, as its callers saw it",
  parameters: { ...windowFields, ...probesField, service: service("only this one") },
  answer: answerOf(statRow),
  async ask({ clock, observatory }, { service, probes, ...window }) {
    const asked = { ...windowOf(window, clock.nowUs()), withProbes: probes };
    return answer(await observatory.queries.services(asked, service), (row) => row);
  },
});

export const edges = question({
  path: "/edges",
  summary: "Who calls whom: success rate, requests per second and latencies of each pair",
  parameters: {
    ...windowFields,
    ...probesField,
    service: service("only what leads to this one, and what it leads to"),
    up: countParameter("up", "with service: so many hops towards its callers; 1 when not given", {
      least: 0,
      most: MOST_HOPS,
    }),
    down: countParameter("down", "with service: so many hops towards what it calls; 1 when not given", {
      least: 0,
      most: MOST_HOPS,
    }),
  },
  answer: answerOf(edgeRow),
  async ask({ clock, observatory }, { service, up, down, probes, ...window }) {
    if (service === undefined && (up ?? down) !== undefined) throw invalid("up and down need a service to start from");
    const mesh = await observatory.queries.mesh({ ...windowOf(window, clock.nowUs()), withProbes: probes });
    const known = mesh.services.map((row) => serviceNode(row.service, row.namespace));
    const around = (flows: readonly Flow[]) =>
      service === undefined ? flows : neighbourhood(flows, known, service, { up: up ?? 1, down: down ?? 1 }).flows;
    const rows = around(mesh.rows).map((flow) => edgeOf(flow, mesh.window));
    return { ...envelope({ ...mesh, ...probesIn(around(mesh.leftOut)) }), rows };
  },
});

export const routes = question({
  path: "/routes",
  summary: "What was asked of a service, by route: success rate, requests per second and latencies",
  parameters: {
    ...windowFields,
    ...probesField,
    service: service("of which one; also an outside name"),
    source: service("only what this one asked"),
  },
  answer: answerOf(routeRow),
  async ask({ clock, observatory }, { service, source, probes, ...window }) {
    if (service === undefined) throw invalid("say of which one: service");
    const asked = { ...windowOf(window, clock.nowUs()), withProbes: probes };
    return answer(await observatory.queries.routes({ service, source }, asked), (row) => row);
  },
});

export const series = question({
  path: "/series",
  summary: "Golden signals over time, of a service or of what one sends to another",
  parameters: {
    ...windowFields,
    ...probesField,
    service: service("the traffic to this one"),
    source: service("or: what this one sends"),
    destination: service("or: what this one is sent"),
    step,
  },
  answer: steppedOf(seriesRowSchema),
  async ask({ clock, observatory }, { service, source, destination, step, probes, ...window }) {
    if (service === undefined && source === undefined && destination === undefined) {
      throw invalid("say of what: service, or source and destination");
    }
    if (service !== undefined && (source ?? destination) !== undefined) {
      throw invalid("service excludes source and destination");
    }
    const of = { ...(service === undefined ? { source, destination } : { service }), withProbes: probes };
    return stepped(await observatory.queries.series(of, windowOf(window, clock.nowUs()), step), seriesRow);
  },
});

export const resources = question({
  path: "/resources",
  summary: "CPU, memory, connections and readiness of each workload of a service, or of the host, over time",
  parameters: { ...windowFields, service: service("whose workloads; the host when not given"), step },
  answer: steppedOf(resourcesRowSchema),
  async ask({ clock, observatory }, { service = HOST_SERVICE, step, ...window }) {
    return stepped(await observatory.queries.resources(service, windowOf(window, clock.nowUs()), step), resourcesRow);
  },
});
