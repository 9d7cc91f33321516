// The mesh as a whole: how well it is, and its map.
import { type MapView, mapOf } from "../../analysis/graph/map.ts";
import { judgeMesh, type ReportedFacts } from "../../analysis/health/mesh.ts";
import type { Window } from "../../observatory/query/figures.ts";
import { type MeshView, probesIn } from "../../observatory/query/queries.ts";
import { envelope } from "../answer.ts";
import { countParameter, parameter, service, windowFields, windowOf } from "../parameters.ts";
import { type QuestionDeps, question } from "../question.ts";
import { healthAnswer, mapAnswer } from "../schema/mesh.ts";
import { MOST_HOPS } from "./figures.ts";

export const health = question({
  path: "/health",
  summary: "The whole mesh in a sentence, and each service that is not well, causes first",
  parameters: windowFields,
  answer: healthAnswer,
  async ask(deps, query) {
    const { mesh, facts } = await look(deps, windowOf(query, deps.clock.nowUs()));
    const { health, rows } = judgeMesh(facts);
    return { ...envelope({ ...mesh, ...probesIn(mesh.leftOut) }), project: mesh.project, health, rows };
  },
});

export const map = question({
  path: "/map",
  summary: "Services and what they call, with their health; namespaces are folded when there is too much to look at",
  parameters: {
    ...windowFields,
    focus: service("only what leads to this one, and what it leads to"),
    up: countParameter("up", "with focus: so many hops towards its callers; 1 when not given", {
      least: 0,
      most: MOST_HOPS,
    }),
    down: countParameter("down", "with focus: so many hops towards what it calls; 1 when not given", {
      least: 0,
      most: MOST_HOPS,
    }),
    expand: parameter(
      "namespaces to show service by service, with commas between; * for all; when not given, as many as can be looked at",
      "shop,billing",
      (text) => (text === "*" ? ("all" as const) : text.split(",").filter(Boolean)),
    ),
  },
  answer: mapAnswer,
  async ask(deps, { focus, up, down, expand, ...window }) {
    const { mesh, facts } = await look(deps, windowOf(window, deps.clock.nowUs()));
    const view: MapView = {
      hops: { up: up ?? 1, down: down ?? 1 },
      ...(focus !== undefined && { focus }),
      ...(expand !== undefined && { expand }),
    };
    const seconds = (mesh.window.toUs - mesh.window.fromUs) / 1e6;
    const about = envelope({ ...mesh, ...probesIn(mesh.leftOut) });
    return { ...about, project: mesh.project, ...mapOf(facts, view, seconds) };
  },
});

async function look(
  { clock, observatory }: QuestionDeps,
  window: Window,
): Promise<{ mesh: MeshView; facts: ReportedFacts }> {
  const [mesh, pace] = await Promise.all([observatory.queries.mesh(window), observatory.queries.pace(window.toUs)]);
  const { rows: flows, services, workloads, coverage, reportedUs } = mesh;
  const facts = { nowUs: clock.nowUs(), flows, services, workloads, coverage, pace };
  return { mesh, facts: { ...facts, ...(reportedUs !== undefined && { reportedUs }) } };
}
