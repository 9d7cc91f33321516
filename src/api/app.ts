// The API as one value: questions with their answers, and the OpenAPI document that is made from the same declarations.
import { OpenAPIHono } from "@hono/zod-openapi";
import { VERSION } from "../model/release.ts";
import { metricsFor } from "../observatory/query/metrics.ts";
import { journeysHere } from "./journeys-thread.ts";
import { problem, problemOf } from "./problem.ts";
import { type AddQuestion, type ApiParts, type App, type Connection, PREFIX, type QuestionDeps } from "./question.ts";
import { changes } from "./questions/changes.ts";
import { edges, resources, routes, series, stat } from "./questions/figures.ts";
import { funnel, funnelWhy, journeys } from "./questions/journeys.ts";
import { ledger } from "./questions/ledger.ts";
import { live } from "./questions/live.ts";
import { health, map } from "./questions/mesh.ts";
import { processes, workloads } from "./questions/now.ts";
import { incident, incidents, objectives } from "./questions/objectives.ts";
import { privacy } from "./questions/privacy.ts";
import { appMetrics, logs, otlp } from "./questions/said.ts";
import { sql } from "./questions/sql.ts";
import { tap } from "./questions/tap.ts";
import { trace, traces } from "./questions/traces.ts";
import { why } from "./questions/why.ts";

const QUESTIONS: readonly AddQuestion[] = [
  health,
  why,
  objectives,
  incidents,
  incident,
  map,
  stat,
  edges,
  routes,
  series,
  resources,
  ledger,
  tap,
  traces,
  trace,
  changes,
  journeys,
  funnel,
  funnelWhy,
  privacy,
  sql,
  workloads,
  processes,
  logs,
  appMetrics,
  otlp,
  live,
];

export function apiApp(parts: ApiParts): App {
  const deps = { journeys: journeysHere(parts.clock), ...parts };
  const { observatory } = deps;
  const app: App = new OpenAPIHono<Connection>();
  for (const add of QUESTIONS) add(app, deps);
  app.get(`${PREFIX}/openapi.json`, (context) => context.json(openApi(app)));
  app.get(`${PREFIX}/backup`, async () => {
    const { bytes, content } = await observatory.backup();
    return new Response(content, {
      headers: { "content-type": "application/vnd.duckdb", "content-length": String(bytes) },
    });
  });
  app.get("/metrics", ({ req }) => {
    const { text, type } = metricsFor(observatory, req.header("accept") ?? null);
    return new Response(text, { headers: { "content-type": type, vary: "accept" } });
  });
  app.get("/healthz", () => new Response("ok\n"));
  app.get("/readyz", () => readiness(deps));
  const paths = [...new Set(app.routes.map(({ path }) => path))];
  app.notFound(({ req }) => problem(404, "There is nothing here", `${req.path}; there is ${paths.join(", ")}`));
  app.onError(problemOf);
  return app;
}

function openApi(app: App): object {
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Meshwise",
      version: VERSION,
      description:
        "What the observatory of a running project answers, on loopback. Refusals are RFC 9457 problems. Parameters it does not know are refused. A window is `since`, or `from` and `to`; the last 60 s when nothing is said.",
    },
  });
}

/** Ready: an agent reports. A store in trouble is told, but answers come all the same. */
function readiness({ observatory }: QuestionDeps): Response {
  if (!observatory.queries.hasAgent()) return new Response("no agent has reported yet\n", { status: 503 });
  const trouble = observatory.trouble();
  return new Response(trouble ? `ok, but: ${trouble}\n` : "ok\n");
}
