// What is asked of the journeys of the running mesh. Plain values in and out, and a state of its own: of two million requests an
// answer takes seconds, so it is given in a thread of its own (main/journeys.ts).
import type { Random } from "../../../base/random.ts";
import type { VisitTable } from "../../../model/visits.ts";
import type { Entries } from "../../objectives/conversion.ts";
import { journeysOf } from "../discovery/discover.ts";
import type { JourneysAnswer } from "../discovery/types.ts";
import { type FunnelDefinition, unknownSteps } from "../funnel/definition.ts";
import { entriesOf } from "../funnel/entries.ts";
import { type Breakdown, funnelOf } from "../funnel/funnel.ts";
import type { FunnelAnswer } from "../funnel/types.ts";
import type { EventLog } from "../log.ts";
import { withoutTries, withTriesApart } from "../tries.ts";
import { rolesOf } from "../why/roles.ts";
import type { LossAnswer } from "../why/types.ts";
import { lossOf } from "../why/why.ts";
import { type Seen, seenOf, withoutSignificance } from "./answers.ts";
import { keptLog, type SeenLog } from "./kept-log.ts";
import type { VisitLog } from "./log-of-visits.ts";

/** A funnel whose steps may be left to be found. */
export type AskedFunnel = Omit<FunnelDefinition, "steps"> & { readonly steps: FunnelDefinition["steps"] | "found" };

export type JourneyQuestion =
  | { readonly about: "ways" }
  | { readonly about: "funnel"; readonly funnel: AskedFunnel; readonly by: Breakdown | undefined }
  /** @see lossOf for `step` and `deployedMs` */
  | {
      readonly about: "loss";
      readonly funnel: AskedFunnel;
      readonly step: number | undefined;
      readonly deployedMs: readonly number[];
    }
  | { readonly about: "entries"; readonly funnel: AskedFunnel };

export type JourneyReply = {
  readonly ways: JourneysAnswer & { readonly seen: Seen };
  readonly funnel: FunnelAnswer & { readonly seen: Seen };
  /** `isWeak`: of visitors who may be several */
  readonly loss: { readonly loss: LossAnswer; readonly seen: Seen; readonly isWeak: boolean };
  /** undefined: visitors cannot be told apart */
  readonly entries: Entries | undefined;
};

/** What is wrong with a question, a sentence. */
export type Refusal = { readonly wrong: string };

export type Answered<About extends JourneyQuestion["about"]> = JourneyReply[About] | Refusal;

export type AnswerJourneys = <Asked extends JourneyQuestion>(
  table: VisitTable,
  question: Asked,
) => Answered<Asked["about"]>;

/** @param nowMs of a clock that never goes back */
export function journeyAnswers(deps: { readonly random: Random; readonly nowMs: () => number }): AnswerJourneys {
  const logOf = keptLog(deps.nowMs);
  const ways = new WeakMap<EventLog, JourneysAnswer>();

  const waysIn = ({ log }: VisitLog): JourneysAnswer => {
    const known = ways.get(log) ?? journeysOf(withoutTries(log, rolesOf(log).undone));
    ways.set(log, known);
    return known;
  };
  const definitionOf = (visits: VisitLog, { steps, ...others }: AskedFunnel): FunnelDefinition | Refusal => {
    const found = steps === "found" ? waysIn(visits).funnels[0]?.steps : steps;
    if (!found) return { wrong: "no goal stands out in what visitors did so far: say which steps are meant" };
    return { ...others, steps: found };
  };

  const reply = (seen: SeenLog, question: JourneyQuestion): Answered<JourneyQuestion["about"]> => {
    const { visits, table } = seen;
    if (question.about === "ways") return { ...waysIn(visits), seen: seenOf(table, visits) };
    const definition = definitionOf(visits, question.funnel);
    if ("wrong" in definition) return definition;
    const { log, isWeak } = visits;
    switch (question.about) {
      case "funnel": {
        const answer = funnelOf(marked(log), definition, question.by);
        if ("wrong" in answer) return ofFunnel(answer);
        return { ...(isWeak ? withoutSignificance(answer) : answer), seen: noted(seen, definition) };
      }
      case "loss": {
        const { step, deployedMs } = question;
        const loss = lossOf(log, { ...definition, reentry: "once" }, step, deps.random, deployedMs);
        return "wrong" in loss ? ofFunnel(loss) : { loss, seen: noted(seen, definition), isWeak };
      }
      case "entries": {
        const entries = isWeak ? undefined : entriesOf(marked(log), definition);
        return entries && "wrong" in entries ? ofFunnel(entries) : entries;
      }
    }
  };
  return (table, question) => reply(logOf(table), question) as Answered<(typeof question)["about"]>;
}

function marked(log: EventLog): EventLog {
  return withTriesApart(log, rolesOf(log).undone);
}

function ofFunnel({ wrong }: Refusal): Refusal {
  return { wrong: `the funnel ${wrong}` };
}

/** Steps that nobody took are a mistake in a name more often than not. */
function noted({ table, visits }: SeenLog, { steps, exclusions }: FunnelDefinition): Seen {
  const { names } = visits.log;
  const seen = seenOf(table, visits);
  const unknown = unknownSteps(names, [...steps, ...exclusions.map(({ event }) => event)]);
  if (unknown.length === 0) return seen;
  const known = names.slice(0, 8).join(", ");
  const notes = unknown.map((step) => `nobody asked for ${step}; asked for was ${known || "nothing"}`);
  return { ...seen, notes: [...notes, ...seen.notes] };
}
