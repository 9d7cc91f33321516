// From what a suspect was asked, before and since, to what is told of it.

import type { SeenExchange } from "../../model/figures.ts";
import { type LedgerFacts, ledgerOf, type UsedBy } from "../ledger/ledger.ts";
import type { ChangeLine } from "./answer.ts";
import { type Asked, isAmong } from "./asked.ts";
import { type Behind, behind, isAbout } from "./behind.ts";
import type { Evidence } from "./classify.ts";
import { isRequest, valueIn } from "./contrast/attributes.ts";
import { badness, contrast, type Seen } from "./contrast/contrast.ts";
import { decisive } from "./contrast/decisive.ts";
import type { Symptom } from "./facts.ts";
import { kindOfFailures } from "./failures.ts";
import { grownOf, isAskedAgain } from "./grown.ts";
import { lostHandshakes } from "./handshakes.ts";
import { lostBy } from "./lost.ts";
import { mixOf } from "./mix.ts";
import { pressureOf } from "./pressure.ts";

/** so many before have what the bad ones have in common: their ledger is the one to compare with */
const FEWEST = 20;

export type Material = {
  readonly before: LedgerFacts;
  readonly during: LedgerFacts;
  /** requests beside what was deployed there; absent: `before` and `during` hold them */
  readonly beside?: readonly SeenExchange[];
  /** what its workloads used in all of the baseline; `before` may be less, because only so many requests are looked at */
  readonly usual: readonly UsedBy[];
  readonly metric: Symptom["metric"];
  /** which of the requests it is about; all of them tell what the workloads did */
  readonly asked?: Asked | undefined;
  /** when it began, RFC 3339 */
  readonly since: string;
  /** of all services */
  readonly changes: readonly ChangeLine[];
  /** of the series: since when is no more exact than that */
  readonly stepSeconds: number;
};

/** a change so many seconds before the trouble or a step after its first sign may have to do with it */
const SOON_S = 120;

/** The ledger is that of the requests in question only, where the trouble is confined to some. */
export function evidenceOf(material: Material): Evidence {
  const { before, during, metric } = material;
  const isAsked = isAmong(material.asked);
  const seen = seenOf(material);
  const found = contrast(during.service, seen, metric);
  const mix = metric === "latency" ? mixOf(seen.before, seen.during) : undefined;
  const grown = grownOf(seen.before, seen.during);
  const trait = decisive(found);
  const isOne = (one: SeenExchange) => isRequest(one) && isAsked(one);
  const isIt = (one: SeenExchange) => isOne(one) && (!trait || valueIn(one, trait.attribute) === trait.value);
  const near = nearOf(material.changes, { ...material, service: during.service });
  const isBad = badness(seen.before, metric);
  const change = changeBehind(material);
  const failures = metric === "latency" ? undefined : kindOfFailures(seen.during.filter(isBad));
  const handshakes = lostHandshakes(seen.before, seen.during);
  const lost = lostBy(material.usual, during.used);
  const pressure = pressureOf(before.used, during.used);
  const asked = new Set(seen.during.map(({ destinationWorkload }) => destinationWorkload).filter(Boolean));
  const wasThere = before.requests.filter(isIt).length >= FEWEST;
  return {
    before: ledgerOf(before, wasThere ? isIt : isOne),
    during: ledgerOf(during, isIt),
    ...(found && { contrast: found }),
    ...(mix && { mix }),
    ...(grown && { grown }),
    isAskedAgain: isAskedAgain(seen.before, seen.during),
    ...(change && { change }),
    ...(failures && { failures }),
    ...(pressure && { pressure }),
    ...(handshakes && { handshakes }),
    ...(lost && { lost }),
    ...(asked.size === 1 && { workload: [...asked][0] as string }),
    changes: near,
  };
}

function seenOf({ before, during, asked }: Material): Seen {
  const isAsked = isAmong(asked);
  return { before: before.requests.filter(isAsked), during: during.requests.filter(isAsked) };
}

/** What changed shortly before and shows in what its requests are like since. */
export function changeBehind(material: Material): Behind | undefined {
  const { during, metric } = material;
  const near = nearOf(material.changes, { ...material, service: during.service });
  if (near.length === 0) return undefined;
  const seen = seenOf(material);
  const { beside = [...seen.before, ...seen.during] } = material;
  return behind({ ...seen, service: during.service, metric, near, beside });
}

/** Those of the service, or of rules that name it, shortly before it began. */
export function nearOf(
  changes: readonly ChangeLine[],
  { since, stepSeconds, service }: Pick<Material, "since" | "stepSeconds"> & { readonly service: string },
): readonly ChangeLine[] {
  return changes.filter((change) => {
    const laterS = (Date.parse(since) - Date.parse(change.time)) / 1000;
    const isInTime = laterS <= SOON_S && (laterS >= -stepSeconds || change.kind === "oom");
    return isInTime && isAbout(service, change);
  });
}
