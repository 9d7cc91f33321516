// For the curious: SQL over the store's views.
import { z } from "@hono/zod-openapi";
import type { SqlAnswer } from "../../observatory/sql/answer.ts";
import { countParameter, invalid, parameter } from "../parameters.ts";
import { question } from "../question.ts";
import { exactly } from "../schema/exact.ts";

const MOST_ROWS = 10_000;
const MOST_TEXT = 8_192;

export const sql = question({
  path: "/sql",
  summary: "The answer to a SELECT over what is stored (docs/store.md has the views)",
  parameters: {
    query: parameter("one SELECT", "SELECT source, sum(requests) FROM rollups_1m GROUP BY 1", readQuery).optional(),
    limit: countParameter("limit", "rows at most; 1000 when not given", { least: 1, most: MOST_ROWS }),
  },
  answer: exactly<SqlAnswer>()({
    columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
    rows: z.array(z.array(z.unknown())),
    isCut: z.boolean().openapi({ description: "there were more rows" }),
  }).openapi("SqlAnswer"),
  async ask({ observatory }, { query, limit }) {
    if (query === undefined) throw invalid("say what: query");
    return observatory.sql(query, limit ?? 1_000);
  },
});

function readQuery(text: string): string {
  if (text.length > MOST_TEXT) throw invalid(`query has ${text.length} characters, at most ${MOST_TEXT}`);
  return text;
}
