// Each panel says how to have the same in a terminal, and where its figures come from as JSON.
import { API } from "../data/questions.ts";
import { CopyButton } from "./copy-button.tsx";
import { Icon } from "./icon.tsx";
import { Popover } from "./popover.tsx";

export type SameAsProps = {
  /** what is shown here: "Requests", "Callers of cart" */
  readonly what: string;
  readonly command: string;
  readonly question?: string | undefined;
};

export function SameAs({ what, command, question }: SameAsProps) {
  return (
    <Popover
      className="button is-icon is-quiet"
      name={`${what}: command and JSON`}
      label={<Icon name="terminal" size={14} />}
      align="end"
    >
      <div className="same-as">
        <p className="popover-title">The same in a terminal</p>
        <Command text={command} />
        {question !== undefined && (
          <a className="link" href={`${API}${question}`} target="_blank" rel="noreferrer">
            JSON of these figures <Icon name="open" size={13} />
          </a>
        )}
      </div>
    </Popover>
  );
}

export function Command({ text }: { readonly text: string }) {
  return (
    <div className="command">
      <code>{text}</code>
      <CopyButton text={text} what="the command" />
    </div>
  );
}
