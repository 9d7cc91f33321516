// Single exchanges: the newest ones as a document, or what comes from now on as newline-delimited JSON.
import { MeshError } from "../../base/errors/index.ts";
import { answer, tapRow } from "../answer.ts";
import { followStream } from "../follow.ts";
import { countParameter, filterFields, filterOf, flagParameter, windowFields } from "../parameters.ts";
import { type AddQuestion, refuseUnknown, routeOf } from "../question.ts";
import { answerOf } from "../schema/common.ts";
import { tapRow as tapRowSchema } from "../schema/rows.ts";

const DEFAULT_ROWS = 100;
const MOST_ROWS = 10_000;
const DEFAULT_RATE = 100;
const MOST_RATE = 1_000;

const parameters = {
  ...windowFields,
  ...filterFields,
  limit: countParameter("limit", "so many at most; 100 when not given", { least: 1, most: MOST_ROWS }),
  follow: flagParameter("follow", "what comes from now on, until `limit` rows if that is given"),
  rate: countParameter("rate", "with follow: so many a second at most; 100 when not given", {
    least: 1,
    most: MOST_RATE,
  }),
};

const route = routeOf(
  { path: "/tap", summary: "Single exchanges: who asked whom for what, the answer, how long it took", parameters },
  { "application/json": { schema: answerOf(tapRowSchema) }, "application/x-ndjson": { schema: tapRowSchema } },
);

export const tap: AddQuestion = (app, { clock, observatory }) => {
  app.openapi(
    route,
    async (context) => {
      const { limit, follow, rate, ...rest } = context.req.valid("query");
      const filter = filterOf(rest, clock.nowUs());
      if (!follow) return context.json(answer(await observatory.queries.tap(filter, limit ?? DEFAULT_ROWS), tapRow));
      if (filter.toUs !== undefined) {
        throw new MeshError("question_invalid", "follow shows what comes; it takes no window");
      }
      const headers = { "content-type": "application/x-ndjson" };
      if (context.req.raw.method === "HEAD") return new Response(null, { headers });
      context.env.keepOpen?.(); // exchanges may be rare
      const options = { filter, rate: rate ?? DEFAULT_RATE, signal: context.req.raw.signal };
      return new Response(
        followStream({ clock, queries: observatory.queries }, { ...options, ...(limit !== undefined && { limit }) }),
        { headers },
      );
    },
    refuseUnknown(parameters),
  );
};
