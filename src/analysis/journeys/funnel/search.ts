// How far a stretch of events comes through a funnel. It came to step j when there are events, one for each of the first j
// steps, that keep to order, window and exclusions: any such events, not only "the first that fits".
import { searchAnyOrder } from "./any-order.ts";
import type { CompiledFunnel } from "./definition.ts";
import { searchOrdered } from "./ordered.ts";
import type { Search, SearchInput } from "./search-type.ts";
import { searchStrict } from "./strict.ts";

export function searchOf(log: SearchInput, funnel: CompiledFunnel): Search {
  if (funnel.order === "any") return searchAnyOrder(log, funnel);
  return funnel.order === "strict" ? searchStrict(log, funnel) : searchOrdered(log, funnel);
}
