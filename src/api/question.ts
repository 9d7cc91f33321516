// A question of the API: its path, its parameters and its answer, declared once. From it come the route, the refusal of
// what it does not know, and its part of the OpenAPI document.
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Incident } from "../analysis/objectives/incident.ts";
import type { ObjectiveRow } from "../analysis/objectives/row.ts";
import type { Clock } from "../base/clock.ts";
import type { Observatory } from "../observatory/observatory.ts";
import type { AskJourneys } from "./journeys-thread.ts";
import { refusedParameters } from "./parameters.ts";
import { apiProblem } from "./schema/common.ts";

export type QuestionDeps = {
  readonly clock: Clock;
  readonly observatory: Observatory;
  /** what visitors did */
  readonly journeys: AskJourneys;
  /** absent: nobody watches objectives */
  readonly watch?: Watching;
};

/** What an API is made of; without `journeys`, they are answered in the thread that serves it. */
export type ApiParts = Omit<QuestionDeps, "journeys"> & Partial<Pick<QuestionDeps, "journeys">>;

/** What is known of objectives, and of incidents, newest first. */
export type Watching = {
  rows(): readonly ObjectiveRow[];
  incidents(): readonly Incident[];
};

export const PREFIX = "/api/v1";

export type Question<Fields extends z.ZodRawShape, Document> = {
  /** after PREFIX */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly parameters: Fields;
  readonly answer: z.ZodType<Document>;
  readonly ask: (deps: QuestionDeps, query: Query<Fields>) => Document | Promise<Document>;
};

export type Query<Fields extends z.ZodRawShape> = z.infer<z.ZodObject<Fields>>;

/** What the server knows of a connection; absent when the API asks itself. */
export type Connection = { readonly Bindings: { readonly keepOpen?: () => void } };

export type App = OpenAPIHono<Connection>;

export type AddQuestion = (app: App, deps: QuestionDeps) => void;

/** What adds the question to an app. */
export function question<Fields extends z.ZodRawShape, Document>(of: Question<Fields, Document>): AddQuestion {
  const route = routeOf(of, { "application/json": { schema: of.answer } });
  return (app, deps) => {
    app.openapi(
      route,
      async (context) => context.json((await of.ask(deps, context.req.valid("query") as Query<Fields>)) as object),
      refuseUnknown(of.parameters),
    );
  };
}

export function routeOf<Fields extends z.ZodRawShape>(
  { path, summary, parameters }: Pick<Question<Fields, unknown>, "path" | "summary" | "parameters">,
  content: Readonly<Record<string, { readonly schema: z.ZodType }>>,
) {
  return createRoute({
    method: "get",
    path: `${PREFIX}${path}`,
    summary,
    request: { query: z.strictObject(parameters) },
    responses: {
      200: { description: "the answer", content },
      400: { description: "it was not understood", content: { "application/problem+json": { schema: apiProblem } } },
    },
  });
}

/** Throws; the app makes a problem of it. */
export function refuseUnknown(parameters: z.ZodRawShape) {
  return (result: { success: true } | { success: false; error: z.ZodError }): undefined => {
    if (!result.success) throw refusedParameters(result.error, Object.keys(parameters));
  };
}
