// What changed of a service, and of the mesh itself: the marks on the charts as a list, newest first.
import { useState } from "react";
import type { Answer, ChangeRow } from "../../../src/api/types.ts";
import { changesCommand } from "../../data/commands.ts";
import { timeOfDay } from "../../data/format.ts";
import { changesQuestion } from "../../data/questions.ts";
import { useAnswer } from "../../data/use-answer.tsx";
import { useMesh } from "../../data/use-mesh.tsx";
import type { View } from "../../data/view.ts";
import { Section } from "./section.tsx";

const SHOWN = 6;

/** Oldest first; undefined while it is asked. */
export function useChanges(view: View, service: string): readonly ChangeRow[] | undefined {
  return useAnswer<Answer<ChangeRow>>(changesQuestion(view, service), view.range.kind === "live").answer?.rows;
}

export function Changes({ view, service }: { readonly view: View; readonly service: string }) {
  const { project } = useMesh();
  const rows = useChanges(view, service);
  const [areAll, setAll] = useState(false);
  const newest = rows?.toReversed() ?? [];
  const shown = areAll ? newest : newest.slice(0, SHOWN);
  const same = {
    what: "Changes",
    command: changesCommand(project, view.range, service),
    question: changesQuestion(view, service),
  };
  return (
    <Section title="Changes" count={rows?.length} sameAs={same}>
      {rows?.length === 0 && <p className="quiet">Nothing changed in this time.</p>}
      <ol className="changes">
        {shown.map((row) => (
          <li key={`${row.time} ${row.text}`}>
            <time dateTime={row.time}>{timeOfDay(row.time)}</time>
            <span className="tag">{row.kind}</span>
            <span>{row.text}</span>
          </li>
        ))}
      </ol>
      {newest.length > shown.length && (
        <button type="button" className="link" onClick={() => setAll(true)}>
          {newest.length - shown.length} more
        </button>
      )}
    </Section>
  );
}
