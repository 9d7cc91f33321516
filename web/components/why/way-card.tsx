// One place of the way: who is asked about, who is between, and last the suspect.
import { Link } from "wouter";
import type { WhyAnswer } from "../../../src/api/types.ts";
import { placeHref, servicePath } from "../../data/use-view.ts";
import type { View } from "../../data/view.ts";
import { StateMark } from "../state-mark.tsx";
import { confinedTo, HOST, nameOf } from "./about.ts";

export type WayCardProps = {
  readonly name: string;
  readonly view: View;
  readonly isTarget: boolean;
  /** absent: it is another one */
  readonly suspect?: Pick<WhyAnswer["findings"][number], "class" | "subject">;
};

export function WayCard({ name, view, isTarget, suspect }: WayCardProps) {
  const foot = suspect ? [suspect.class, confinedTo(suspect.subject)].filter(Boolean).join(" · ") : undefined;
  const told = foot ?? (isTarget ? "asked about" : "on the way");
  const inside = (
    <>
      <span className="card-head">
        {suspect && <StateMark state="bad" isNamed={false} />}
        <span className="card-name">{nameOf(name)}</span>
      </span>
      <span className="card-foot">
        <span title={told}>{told}</span>
      </span>
    </>
  );
  const look = `card is-${suspect ? "bad" : "unknown"}`;
  return (
    <li>
      {name === HOST ? (
        <span className={look}>{inside}</span>
      ) : (
        <Link className={look} href={placeHref(servicePath(name), view)}>
          {inside}
        </Link>
      )}
    </li>
  );
}
