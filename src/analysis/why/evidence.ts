// From what a suspect was asked, before and since, to what is told of it.

import type { SeenExchange } from "../../model/figures.ts";
import { type LedgerFacts, ledgerOf } from "../ledger/ledger.ts";
import type { ChangeLine } from "./answer.ts";
import type { Evidence } from "./classify.ts";
import { isRequest, valueIn } from "./contrast/attributes.ts";
import { contrast } from "./contrast/contrast.ts";
import { decisive } from "./contrast/decisive.ts";
import type { Symptom } from "./facts.ts";
import { mixOf } from "./mix.ts";

/** so many before have what the bad ones have in common: their ledger is the one to compare with */
const FEWEST = 20;

export type Material = {
  readonly before: LedgerFacts;
  readonly during: LedgerFacts;
  readonly metric: Symptom["metric"];
  readonly changes: readonly ChangeLine[];
  readonly stepSeconds: number;
};

/** The ledger is that of the requests in question only, where the trouble is confined to some. */
export function evidenceOf({ before, during, metric, changes, stepSeconds }: Material): Evidence {
  const seen = { before: before.requests, during: during.requests };
  const found = contrast(during.service, seen, metric);
  const mix = metric === "latency" ? mixOf(seen.before, seen.during) : undefined;
  const trait = decisive(found);
  const isIt = (one: SeenExchange) => isRequest(one) && (!trait || valueIn(one, trait.attribute) === trait.value);
  const wasThere = before.requests.filter(isIt).length >= FEWEST;
  return {
    before: ledgerOf(before, wasThere ? isIt : isRequest),
    during: ledgerOf(during, isIt),
    ...(found && { contrast: found }),
    ...(mix && { mix }),
    ...{ changes, stepSeconds },
  };
}
