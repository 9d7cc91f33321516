// Questions that are answered again and again: one stream serves all that a page shows.
import { z } from "@hono/zod-openapi";
import type { MeshError } from "../../base/errors/index.ts";
import { figuresAsk, type LiveAsk } from "../live/ask.ts";
import { type Shared, sharedAnswers } from "../live/shared.ts";
import { liveStream } from "../live/stream.ts";
import { tapAsk } from "../live/tap.ts";
import { countParameter, filterFields, filterOf, invalid } from "../parameters.ts";
import { problem } from "../problem.ts";
import { type AddQuestion, PREFIX, type QuestionDeps, refuseUnknown, routeOf } from "../question.ts";
import { liveEvent } from "../schema/live.ts";

const MOST_ASKS = 32;
/** of one observatory; a page has one */
const MOST_STREAMS = 64;
const DEFAULT_EVERY_MS = 1_000;

const parameters = {
  ask: z
    .union([z.string(), z.array(z.string())])
    .transform((asks) => [asks].flat())
    .openapi({
      param: { description: "a question of this API without /api/v1; as often as there are questions" },
      type: "array",
      items: { type: "string" },
      example: ["/map?since=5m", "/tap?service=cart"],
    }),
  every: countParameter("every", "ms between two answers; 1000 when not given", { least: 500, most: 60_000 }),
};

const route = routeOf(
  {
    path: "/live",
    summary: "Server-sent events: the answers to questions, again whenever they can have changed",
    parameters,
  },
  {
    "text/event-stream": { schema: liveEvent },
  },
);

export const live: AddQuestion = (app, deps) => {
  const shared = sharedAnswers(deps.clock, async (question) => app.request(PREFIX + question));
  let streams = 0;

  app.openapi(
    route,
    (context) => {
      const { ask, every } = context.req.valid("query");
      if (ask.length > MOST_ASKS) throw invalid(`ask is given ${ask.length} times, at most ${MOST_ASKS}`);
      const headers = { "content-type": "text/event-stream", "x-accel-buffering": "no" };
      if (context.req.raw.method === "HEAD") return new Response(null, { headers });
      if (streams >= MOST_STREAMS) {
        return problem(503, "Too many live streams are open", `at most ${MOST_STREAMS}: close a page`);
      }
      context.env.keepOpen?.();
      streams++;
      const stream = liveStream(deps.clock, {
        asks: [...new Set(ask)].map((one) => liveAsk(deps, one, shared)),
        everyMs: every ?? DEFAULT_EVERY_MS,
        signal: context.req.raw.signal,
        onEnd: () => streams--,
      });
      return new Response(stream, { headers });
    },
    refuseUnknown(parameters),
  );
};

/** @throws MeshError when it cannot be asked here; what the API itself refuses is told in an event */
function liveAsk({ clock, observatory }: QuestionDeps, ask: string, shared: Shared): LiveAsk {
  if (!ask.startsWith("/")) throw invalid(`ask must begin with /, such as /map?since=5m, not ${ask}`);
  const { pathname, search, searchParams } = new URL(ask, "http://live");
  if (pathname === "/live" || pathname === "/openapi.json")
    throw invalid(`${pathname} cannot be asked in a live stream`);
  const isWindowed = ["since", "from", "to"].some((name) => searchParams.has(name));
  if (pathname !== "/tap" || isWindowed) {
    if (searchParams.has("follow")) throw invalid("a live stream follows by itself: leave follow out");
    const endUs = Date.parse(searchParams.get("to") ?? "") * 1000;
    return figuresAsk(ask, () => shared(pathname + search), { endUs, nowUs: clock.nowUs });
  }
  const query = z.strictObject(filterFields).safeParse(Object.fromEntries(searchParams));
  if (!query.success) throw refused(query.error);
  return tapAsk({ clock, queries: observatory.queries }, ask, filterOf(query.data, clock.nowUs()));
}

function refused(error: z.ZodError): MeshError {
  const [issue] = error.issues;
  const what = issue?.code === "unrecognized_keys" ? `there is no parameter ${issue.keys[0]}` : String(issue?.message);
  return invalid(`/tap in a live stream: ${what}; there are ${Object.keys(filterFields).join(", ")}`);
}
