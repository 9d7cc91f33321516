// The ledger of a service.
import { z } from "@hono/zod-openapi";
import { type Ledger, type LedgerConfidence, type LedgerRow, PARTS } from "../../analysis/ledger/types.ts";
import type { LedgerAnswer } from "../types.ts";
import { count, envelopeFields, share } from "./common.ts";
import { exactly } from "./exact.ts";

const ledgerRow = exactly<LedgerRow>()({
  part: z.enum(PARTS),
  of: z.string().optional().openapi({ description: "which leg, which dependency, queue or limit" }),
  ms: count.openapi({ description: "of the mean request" }),
  share: share.openapi({ description: "of the mean" }),
}).openapi("LedgerRow");

const ledgerFields = { requests: count, meanMs: count, rows: z.array(ledgerRow) };
const all = exactly<Ledger>()(ledgerFields).openapi("Ledger");
const slow = exactly<NonNullable<LedgerAnswer["slow"]>>()({ ...ledgerFields, fromMs: count }).openapi("SlowLedger");
const confidence: z.ZodType<LedgerConfidence> = z.enum(["high", "medium", "low"]);
const missing = exactly<LedgerAnswer["missing"][number]>()({ signal: z.string(), enable: z.string() });

export const ledgerAnswer = exactly<LedgerAnswer>()({
  ...envelopeFields,
  service: z.string(),
  all,
  slow: slow.optional(),
  confidence,
  how: z.array(z.string()),
  missing: z.array(missing).openapi({ description: "signals that this host lacks, with what would enable each" }),
}).openapi("LedgerAnswer");
