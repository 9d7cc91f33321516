// Whole traces: one, and examples.
import { createRoute, z } from "@hono/zod-openapi";
import { summaryOf, traceOf } from "../../analysis/trace/trace.ts";
import type { ToldSpan } from "../../analysis/trace/types.ts";
import type { AppSpan } from "../../observatory/apps/spans.ts";
import type { TapFilter } from "../../observatory/query/condition.ts";
import type { Window } from "../../observatory/query/figures.ts";
import { answer, envelope, isoMicros } from "../answer.ts";
import { countParameter, flagParameter, parameter, service, windowFields, windowOf } from "../parameters.ts";
import { type AddQuestion, PREFIX, question, refuseUnknown } from "../question.ts";
import { answerOf, apiProblem } from "../schema/common.ts";
import { traceAnswer, traceRow } from "../schema/trace.ts";
import type { TraceAnswer, TraceRow } from "../types.ts";

/** for nearly all whose callers have ended by then */
const SETTLED_AFTER_US = 8e6;
const DEFAULT_ROWS = 20;
const MOST_ROWS = 200;

export const traces = question({
  path: "/traces",
  summary: "Examples of traces: what began them, how long they took, whom they asked",
  parameters: {
    ...windowFields,
    of: service("in which this one was asked; when not given, by what began them"),
    route: parameter("begin of the path that it was asked for", "/cart", (text) => text),
    slow: flagParameter("slow", "the slowest, of the 2000 newest calls that are meant, instead of the newest"),
    failed: flagParameter("failed", "in which such a call failed"),
    limit: countParameter("limit", "so many at most; 20 when not given", { least: 1, most: MOST_ROWS }),
  },
  answer: answerOf(traceRow),
  async ask({ clock, observatory }, { of, route, slow, failed, limit, ...window }) {
    const nowUs = clock.nowUs();
    const filter: TapFilter = {
      ...settledPart(windowOf(window, nowUs), nowUs),
      ...(of === undefined ? { isTop: true } : { destination: of }),
      ...(route !== undefined && { pathPrefix: route }),
      ...(failed && { isFailure: true }),
    };
    const found = await observatory.queries.traces({ filter, isSlow: slow === true, limit: limit ?? DEFAULT_ROWS });
    return answer(found, (exchanges): TraceRow => {
      const { startUs, ...row } = summaryOf(traceOf(exchanges[0]?.traceId ?? "", exchanges, nowUs));
      return { ...row, time: isoMicros(startUs) };
    });
  },
});

/** What ended just now has few calls yet. */
function settledPart({ fromUs, toUs }: Window, nowUs: number): Window {
  return { fromUs, toUs: Math.max(fromUs, Math.min(toUs, nowUs - SETTLED_AFTER_US)) };
}

const problem: Content = { "application/problem+json": { schema: apiProblem } };

const route = createRoute({
  method: "get",
  path: `${PREFIX}/traces/{id}`,
  summary: "One trace: every call with its place in the tree, what it waited for, and how sure the links are",
  request: {
    params: z.object({
      id: z
        .string()
        .openapi({ description: "of the trace or of an exchange in it, or its beginning", example: "4bf92f35" }),
    }),
    query: z.strictObject({}),
  },
  responses: {
    200: { description: "the answer", content: { "application/json": { schema: traceAnswer } } as Content },
    400: { description: "it was not understood", content: problem },
    404: { description: "there is none", content: problem },
  },
});

export const trace: AddQuestion = (app, { clock, observatory }) => {
  app.openapi(
    route,
    async (context) => {
      const { rows, traceId, ...found } = await observatory.queries.trace(context.req.valid("param").id);
      const exchanges = rows.map(({ ordinal: _, ...exchange }) => exchange);
      const ids = exchanges.flatMap(({ spanId, serverSpanId }) => [spanId, serverSpanId]);
      const told = (await observatory.apps.appSpansOf(traceId, ids)).map(toldSpan);
      const { startUs, ...rest } = traceOf(traceId, exchanges, clock.nowUs(), told);
      const document: TraceAnswer = { ...envelope(found), ...rest, time: isoMicros(startUs) };
      return context.json(document as object);
    },
    refuseUnknown({}),
  );
};

function toldSpan(span: AppSpan): ToldSpan {
  const { spanId, parentId, service, instance, name, kind, startUs, durationUs, status, message } = span;
  return { spanId, parentId, service, instance, name, kind, startUs, durationUs, status, message };
}

/** As wide as `routeOf` has it: what is answered is checked by its own type. */
type Content = Readonly<Record<string, { readonly schema: z.ZodType }>>;
