// How right the answers about lost purchases were.
import { atLeast, atMost, type Figure, information } from "../../suite.ts";
import { median } from "../../support/median.ts";
import { type Case, isCalm, rightAfterS } from "./case.ts";
import type { Expected, Verdict } from "./judge.ts";

export type Scored = { readonly one: Case; readonly verdicts: readonly Verdict[]; readonly expected: Expected };

const SOON_S = 180;

export function figuresOf(section: string, scored: readonly Scored[]): Figure[] {
  const last = ({ verdicts }: Scored) => verdicts.at(-1)!;
  const share = (those: readonly Scored[], is: (one: Scored) => boolean) =>
    those.length === 0 ? Number.NaN : (100 * those.filter(is).length) / those.length;
  const times = scored.map(({ one, verdicts }) => rightAfterS(one.questions, verdicts));
  const known = times.filter((time) => time !== undefined);
  const causes = scored.filter(({ expected }) => expected.state !== "nothing");
  const quiet = scored.filter(({ expected }) => expected.state === "nothing");
  const technical = causes.filter(({ expected }) => expected.where !== undefined || expected.state === "undetermined");
  const part = (name: string, is: (verdict: Verdict) => boolean) =>
    information(
      `${section}: ${name} right`,
      share(causes, (one) => is(last(one))),
      "%",
    );
  return [
    atLeast(
      `${section}: causes right in all`,
      share(causes, (one) => last(one).isRight),
      "%",
      { goal: 90 },
    ),
    part("state", ({ isState }) => isState),
    part("step", ({ isStep }) => isStep),
    part("request and what is said", ({ isSaid }) => isSaid),
    part("service", ({ isService }) => isService),
    atMost(
      `${section}: technical called not technical`,
      technical.filter(({ one }) => one.questions.at(-1)?.answer.state === "not-technical").length,
      "cases",
      { goal: 0 },
    ),
    atMost(`${section}: false answers of nothing and bots`, quiet.filter((one) => !last(one).isRight).length, "cases", {
      goal: 0,
    }),
    atMost(`${section}: right answer after, median`, median(known), "s", { goal: SOON_S }),
    information(
      `${section}: right within 3 min`,
      share(
        causes,
        ({ one, verdicts }) => (rightAfterS(one.questions, verdicts) ?? Number.POSITIVE_INFINITY) <= SOON_S,
      ),
      "%",
    ),
    information(
      `${section}: a cause named before there was one`,
      scored.filter(({ one }) => !isCalm(one)).length,
      "cases",
    ),
    information(`${section}: causes`, causes.length, "cases"),
    information(`${section}: nothing and bots`, quiet.length, "cases"),
  ];
}
