// What changed, what it is not, what to do next, and what all of it rests on.
import type { WhyAnswer } from "../../../src/api/types.ts";
import { timeOfDay } from "../../data/format.ts";
import { CopyButton } from "../copy-button.tsx";
import { Section } from "../service/section.tsx";

export function WhyRest({ answer }: { readonly answer: WhyAnswer }) {
  const { changes = [], ruledOut, next, coverage, assumptions } = answer;
  return (
    <>
      {changes.length > 0 && (
        <Section title="What changed shortly before">
          <ul className="why-list">
            {changes.map(({ time, service, text }) => (
              <li key={`${time} ${text}`}>
                {timeOfDay(time)} {service} {text}
              </li>
            ))}
          </ul>
        </Section>
      )}
      {ruledOut.length > 0 && (
        <Section title="Ruled out">
          <ul className="why-list">
            {ruledOut.map((one) => (
              <li key={one.class}>
                {one.class}: {one.because}
              </li>
            ))}
          </ul>
        </Section>
      )}
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
      <Section title="What it rests on">
        <ul className="why-list quiet">
          {[...coverage.missing, ...assumptions].map((what) => (
            <li key={what}>{what}</li>
          ))}
        </ul>
      </Section>
    </>
  );
}
