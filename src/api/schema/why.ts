// The answer to why.
import { z } from "@hono/zod-openapi";
import { PARTS } from "../../analysis/ledger/types.ts";
import {
  type Answer,
  CLASSES,
  type Contrast,
  type Evidence,
  type Finding,
  type LedgerChange,
  type Named,
  type Period,
  STATES,
  type Subject,
  type Trait,
} from "../../analysis/why/answer.ts";
import { ATTRIBUTES } from "../../analysis/why/contrast/attributes.ts";
import type { Impact } from "../../analysis/why/impact.ts";
import { count, share } from "./common.ts";
import { exactly } from "./exact.ts";
import { changeRow } from "./rows.ts";

const time = z.iso.datetime();
const period = exactly<Period>()({ from: time, to: time });

const evidence = exactly<Evidence>()({
  claim: z.string(),
  metric: z.string(),
  baseline: z.number(),
  observed: z.number(),
  unit: z.enum(["s", "share", "requests"]),
});

const subject = exactly<Subject>()({
  service: z.string(),
  workload: z.string().optional(),
  version: z.string().optional(),
  route: z.string().optional(),
}).openapi({ description: "a service, or what of it most of the trouble is confined to" });

const finding = exactly<Finding>()({
  rank: count.openapi({ description: "1 is the most likely" }),
  class: z.enum(CLASSES),
  subject,
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

const named = { attribute: z.enum(ATTRIBUTES), value: z.string() };

const trait = exactly<Trait>()({
  ...named,
  requests: count,
  share: share.openapi({ description: "of those that have it, so many are slow or failed" }),
  others: share.openapi({ description: "of those that have it not" }),
  before: share.optional().openapi({ description: "of those that had it before" }),
  covers: share.openapi({ description: "of those slow or failed beyond the usual, so many have it" }),
  isCaused: z.boolean().openapi({ description: "chance drew who got which request; else it only goes with it" }),
  same: z.array(exactly<Named>()(named)).optional().openapi({ description: "the very same requests share these too" }),
}).openapi("Trait");

const contrast = exactly<Contrast>()({
  service: z.string(),
  bad: z.enum(["slow", "failed"]).openapi({ description: "slow: slower than 95 % of those of its route before" }),
  share,
  before: share,
  traits: z.array(trait),
  examples: exactly<Contrast["examples"]>()({ bad: z.array(z.string()), good: z.array(z.string()) }),
});

const felt = { requests: count, visitors: count };
const impact = exactly<Impact>()({
  ...felt,
  among: exactly<Impact["among"]>()(felt).openapi({ description: "all of the same time, without robots" }),
}).openapi({
  description: "of visitors since it began, beyond the usual: requests that were slow or failed, and whose they were",
});

export const whyAnswer = exactly<Answer>()({
  schema: z.literal("meshwise.dev/answer/v1"),
  asOf: time,
  question: z.string(),
  window: period,
  baseline: exactly<Answer["baseline"]>()({
    ...{ from: time, to: time },
    without: z.array(period).optional().openapi({ description: "times of trouble that are no part of it" }),
  }),
  verdict: z.string(),
  state: z.enum(STATES).openapi({ description: "as-usual: nothing is wrong, and yet it is slow, as always" }),
  confidence: z.enum(["high", "medium", "low"]),
  impact: impact.optional(),
  findings: z.array(finding),
  ruledOut: z.array(exactly<Answer["ruledOut"][number]>()({ class: z.string(), because: z.string() })),
  coverage: exactly<Answer["coverage"]>()({ missing: z.array(z.string()) }),
  assumptions: z.array(z.string()),
  next: z.array(exactly<Answer["next"][number]>()({ say: z.string(), command: z.string().optional() })),
  ledger: exactly<NonNullable<Answer["ledger"]>>()({ service: z.string(), rows: z.array(ledgerChange) }).optional(),
  contrast: contrast.optional(),
  changes: z.array(changeRow).optional(),
}).openapi("WhyAnswer");
