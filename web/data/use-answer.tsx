// Answers of the API as React sees them.
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import type { ApiProblem } from "../../src/api/types.ts";
import type { ConnectionState, Live } from "./live.ts";

const LiveContext = createContext<Live | undefined>(undefined);

export function LiveProvider({ live, children }: { readonly live: Live; readonly children: ReactNode }) {
  return <LiveContext value={live}>{children}</LiveContext>;
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error("there is no LiveProvider above");
  return live;
}

export type Answered<Document> = {
  /** the newest; while another question is on its way, the answer to the one before */
  readonly answer?: Document;
  readonly problem?: ApiProblem;
};

type Kept = Answered<unknown> & { readonly question: string | undefined };

/** @param question undefined: nothing is asked @param beat of what is not live: another one, and it is asked again */
export function useAnswer<Document>(question: string | undefined, isLive: boolean, beat = 0): Answered<Document> {
  const live = useLive();
  const [kept, setKept] = useState<Kept>({ question: undefined });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the beat is what asks again
  useEffect(() => {
    if (question === undefined) return setKept({ question });
    return live.ask(question, isLive, (told) => setKept({ question, ...told }));
  }, [live, question, isLive, beat]);
  return (question === undefined ? {} : kept) as Answered<Document>;
}

export function useConnection(): ConnectionState {
  const live = useLive();
  return useSyncExternalStore(live.onConnection, live.connection);
}
