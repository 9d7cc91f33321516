// What somebody who was woken by it needs first: what to do next, and what changed shortly before.
import type { WhyAnswer } from "../../../src/api/types.ts";
import { timeOfDay } from "../../data/format.ts";
import { CopyButton } from "../copy-button.tsx";
import { Section } from "../service/section.tsx";

export function WhyFirst({ next, changes }: Pick<WhyAnswer, "next" | "changes">) {
  return (
    <div className="why-first">
      {next.length > 0 && (
        <Section title="Next">
          <ul className="why-list">
            {next.map(({ say, command }) => (
              <li key={say}>
                {say}
                {command && (
                  <>
                    : <code>{command}</code> <CopyButton text={command} what="command" />
                  </>
                )}
              </li>
            ))}
          </ul>
        </Section>
      )}
      {changes && (
        <Section title="What changed shortly before">
          {changes.length === 0 && <p className="quiet">Nothing that is known of.</p>}
          <ol className="changes">
            {changes.map(({ time, kind, service, text }) => (
              <li key={`${time} ${text}`}>
                <time dateTime={time}>{timeOfDay(time)}</time>
                <span className="tag">{kind}</span>
                <span>{`${service} ${text}`.trimStart()}</span>
              </li>
            ))}
          </ol>
        </Section>
      )}
    </div>
  );
}
