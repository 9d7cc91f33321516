// Objectives with what is left of their budgets, and incidents: what burned, why, and what happened meanwhile.
import { createRoute, z } from "@hono/zod-openapi";
import type { Incident } from "../../analysis/objectives/incident.ts";
import { MeshError } from "../../base/errors/index.ts";
import { isNamed } from "../../observatory/query/named.ts";
import { invalid, oneOf, parameter, service } from "../parameters.ts";
import { type AddQuestion, PREFIX, question, refuseUnknown } from "../question.ts";
import { apiProblem } from "../schema/common.ts";
import { incidentDocument, incidentsAnswer, objectivesAnswer } from "../schema/objectives.ts";
import type { IncidentRow } from "../types.ts";

export const objectives = question({
  path: "/objectives",
  summary: "Objectives: how they do, what is left of their budgets, how fast it burns",
  parameters: { service: service("only those of this one") },
  answer: objectivesAnswer,
  ask: ({ clock, watch }, query) => ({
    asOf: now(clock.nowUs()),
    rows: (watch?.rows() ?? []).filter((row) => isNamed(query.service, row.service, row.namespace)),
  }),
});

const state = parameter("`open` or `closed`; both when not given", "open", oneOf("state", ["open", "closed"]));

export const incidents = question({
  path: "/incidents",
  summary: "Incidents: objectives that burned, newest first, each with the cause that was found",
  parameters: { service: service("only those of this one"), state },
  answer: incidentsAnswer,
  ask: ({ clock, watch }, query) => ({
    asOf: now(clock.nowUs()),
    rows: (watch?.incidents() ?? [])
      .filter((one) => isNamed(query.service, one.service, one.namespace))
      .filter((one) => query.state === undefined || one.state === query.state)
      .map(rowOf),
  }),
});

function rowOf({ why, loss, fall: _, timeline: __, schema: ___, burnRate: ____, ...rest }: Incident): IncidentRow {
  const cause = why?.findings.length ? why.verdict : loss?.verdict;
  return { ...rest, ...(cause !== undefined && { cause }) };
}

const route = createRoute({
  method: "get",
  path: `${PREFIX}/incidents/{id}`,
  summary: "One incident: its objective, its answer to why, its timeline",
  request: {
    params: z.object({ id: z.string().openapi({ description: "or its beginning", example: "4bf92f35" }) }),
    query: z.strictObject({}),
  },
  responses: {
    200: { description: "the answer", content: { "application/json": { schema: incidentDocument } } as Content },
    400: {
      description: "it was not understood",
      content: { "application/problem+json": { schema: apiProblem } } as Content,
    },
    404: { description: "there is none", content: { "application/problem+json": { schema: apiProblem } } as Content },
  },
});

export const incident: AddQuestion = (app, { watch }) => {
  app.openapi(
    route,
    async (context) => {
      const { id } = context.req.valid("param");
      const found = (watch?.incidents() ?? []).filter((one) => one.id.startsWith(id));
      if (found.length > 1) throw invalid(`${found.length} incidents begin with ${id}`);
      if (!found[0]) throw new MeshError("incident_unknown", id);
      return context.json(found[0] as object);
    },
    refuseUnknown({}),
  );
};

function now(us: number): string {
  return new Date(us / 1000).toISOString();
}

/** As wide as `routeOf` has it: what is answered is checked by its own type. */
type Content = Readonly<Record<string, { readonly schema: z.ZodType }>>;
