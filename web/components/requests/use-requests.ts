// Requests as they happen. Held back while somebody reads; what came meanwhile is counted, not lost.
import { useEffect, useRef, useState } from "react";
import type { ApiProblem, LiveTapAnswer, TapRow } from "../../../src/api/types.ts";
import { useLive } from "../../data/use-answer.tsx";
import { withNews } from "./kept.ts";

export type Requests = {
  /** undefined: nothing has been told yet */
  readonly rows: readonly TapRow[] | undefined;
  /** came since they are held back */
  readonly waiting: number;
  /** met the filter, but were too many a second to be told */
  readonly skipped: number;
  readonly problem?: ApiProblem;
};

type State = Requests & { readonly question: string; readonly behind: readonly TapRow[] };

const nothing = (question: string): State => ({ question, rows: undefined, behind: [], waiting: 0, skipped: 0 });

export function useRequests(question: string, isLive: boolean, isHeld: boolean): Requests {
  const live = useLive();
  const [state, setState] = useState<State>(() => nothing(question));
  const held = useRef(isHeld);
  held.current = isHeld;

  useEffect(() => {
    setState(nothing(question));
    return live.ask(question, isLive, (told) =>
      setState((before) => {
        if ("problem" in told) return { ...nothing(question), problem: told.problem };
        const { rows, skipped = 0 } = told.answer as Partial<LiveTapAnswer> & Pick<LiveTapAnswer, "rows">;
        const behind = withNews(before.behind, rows);
        const arrived = behind === before.behind ? 0 : rows.length;
        if (!held.current) return { question, rows: behind, behind, waiting: 0, skipped };
        return { ...before, behind, waiting: before.waiting + arrived, skipped };
      }),
    );
  }, [live, question, isLive]);

  useEffect(() => {
    if (!isHeld) setState((before) => (before.waiting > 0 ? { ...before, rows: before.behind, waiting: 0 } : before));
  }, [isHeld]);

  return state;
}
