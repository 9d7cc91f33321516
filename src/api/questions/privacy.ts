// What is kept of visitors, as what, and for how long.
import { z } from "@hono/zod-openapi";
import { ENOUGH_VISITORS } from "../../observatory/visits/shared-items.ts";
import { question } from "../question.ts";
import { count } from "../schema/common.ts";
import { exactly } from "../schema/exact.ts";
import type { KeptThing, PrivacyAnswer } from "../types.ts";

const answer = exactly<PrivacyAnswer>()({
  schema: z.literal("meshwise.dev/answer/v1"),
  question: z.literal("what is kept of visitors"),
  verdict: z.string(),
  isFollowing: z.boolean(),
  kept: z.array(
    exactly<KeptThing>()({ what: z.string(), as: z.string(), seconds: count.nullable(), isOfNobody: z.boolean() }),
  ),
  never: z.array(z.string()),
  visitors: exactly<PrivacyAnswer["visitors"]>()({
    ...{ requests: count, mostRequests: count, since: z.iso.datetime().nullable(), items: count, sharedBy: count },
  }),
}).openapi("PrivacyAnswer");

const NEVER = [
  "values of cookies, headers and queries",
  "bodies",
  "addresses of visitors",
  "the secrets of the hashes, which are in memory alone and drawn anew each day",
];

export const privacy = question({
  path: "/privacy",
  summary: "What is kept of visitors, as what, and for how long",
  parameters: {},
  answer,
  ask({ observatory }) {
    const { retention, isFollowing, requests, mostRequests, sinceMs, items } = observatory.visitorsKept();
    const [visitsS, spansS, rollupsS] = [retention.visitsUs, retention.spansUs, retention.rollupsUs].map(
      (us) => us / 1e6,
    );
    const kept = (what: string, as: string, seconds: number | null | undefined, isOfNobody: boolean): KeptThing => ({
      ...{ what, as, seconds: seconds ?? null, isOfNobody },
    });
    return {
      schema: "meshwise.dev/answer/v1" as const,
      question: "what is kept of visitors" as const,
      verdict: isFollowing
        ? "visitors are told apart by keyed hashes: what is kept is pseudonymous, not anonymous"
        : "nobody is told apart (MESHWISE_JOURNEYS=off): what is there is of before",
      isFollowing,
      kept: [
        kept(
          ...(["requests of visitors", "a keyed hash; route, status, latency, kind of browser"] as const),
          ...([visitsS, false] as const),
        ),
        kept("what their paths name", `as it is, once ${ENOUGH_VISITORS} visitors named it`, visitsS, true),
        kept("exchanges", "services, paths with secrets masked; no visitor", spansS, true),
        kept("figures", "counts and latencies by route", rollupsS, true),
        kept("what applications send (OTLP)", "as sent; secrets, addresses and users masked", spansS, false),
        kept("printed lines", "as printed; secrets masked", null, false),
      ],
      never: NEVER,
      visitors: {
        ...{ requests, mostRequests, items, sharedBy: ENOUGH_VISITORS },
        since: sinceMs === undefined ? null : new Date(sinceMs).toISOString(),
      },
    };
  },
});
