import type { ReactNode } from "react";
import type { ApiProblem } from "../../src/api/types.ts";
import { Icon, type IconName } from "./icon.tsx";
import { Command } from "./same-as.tsx";

/** A place with nothing in it says why, and what to do next. */
export function Empty(props: {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  readonly command?: string;
}) {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name={props.icon} size={20} />
      </span>
      <h2>{props.title}</h2>
      {props.children && <div className="empty-text">{props.children}</div>}
      {props.command && <Command text={props.command} />}
    </div>
  );
}

/** What the observatory refused, in its words. */
export function Problem({ problem }: { readonly problem: ApiProblem }) {
  return (
    <p className="notice is-warning" role="alert">
      <strong>{problem.title}.</strong> {problem.detail}
    </p>
  );
}
