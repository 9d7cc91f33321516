// The answer to why.
import { z } from "@hono/zod-openapi";
import { PARTS } from "../../analysis/ledger/types.ts";
import {
  type Answer,
  type ChangeLine,
  CLASSES,
  type Evidence,
  type Finding,
  type LedgerChange,
  type Period,
} from "../../analysis/why/answer.ts";
import { count, share } from "./common.ts";
import { exactly } from "./exact.ts";

const time = z.iso.datetime();
const period = exactly<Period>()({ from: time, to: time });

const evidence = exactly<Evidence>()({
  claim: z.string(),
  metric: z.string(),
  baseline: z.number(),
  observed: z.number(),
  unit: z.enum(["s", "share", "requests"]),
});

const finding = exactly<Finding>()({
  rank: count.openapi({ description: "1 is the most likely" }),
  class: z.enum(CLASSES),
  subject: exactly<Finding["subject"]>()({ service: z.string() }),
  since: time,
  explained: share.openapi({ description: "of what the findings add to a request of the target" }),
  sentence: z.string(),
  evidence: z.array(evidence),
  path: z.array(z.string()).openapi({ description: "from the target to the subject" }),
}).openapi("Finding");

const ledgerChange = exactly<LedgerChange>()({
  part: z.enum(PARTS),
  of: z.string().optional(),
  beforeMs: count.openapi({ description: "of the mean request, before the finding began" }),
  duringMs: count.openapi({ description: "and since then" }),
});

const change = exactly<ChangeLine>()({ time, service: z.string(), text: z.string() });

export const whyAnswer = exactly<Answer>()({
  schema: z.literal("meshwise.dev/answer/v1"),
  asOf: time,
  question: z.string(),
  window: period,
  baseline: period,
  verdict: z.string(),
  state: z.enum(["explained", "partly", "unexplained", "nothing-wrong", "not-enough-data"]),
  confidence: z.enum(["high", "medium", "low"]),
  findings: z.array(finding),
  ruledOut: z.array(exactly<Answer["ruledOut"][number]>()({ class: z.string(), because: z.string() })),
  coverage: exactly<Answer["coverage"]>()({ missing: z.array(z.string()) }),
  assumptions: z.array(z.string()),
  next: z.array(exactly<Answer["next"][number]>()({ say: z.string(), command: z.string().optional() })),
  ledger: exactly<NonNullable<Answer["ledger"]>>()({ service: z.string(), rows: z.array(ledgerChange) }).optional(),
  changes: z.array(change).optional(),
}).openapi("WhyAnswer");
