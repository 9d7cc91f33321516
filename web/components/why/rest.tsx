// What it is not, and what all of it rests on.
import type { WhyAnswer } from "../../../src/api/types.ts";
import { Section } from "../service/section.tsx";

export function WhyRest({ answer }: { readonly answer: WhyAnswer }) {
  const { ruledOut, coverage, assumptions } = answer;
  return (
    <>
      {ruledOut.length > 0 && (
        <Section title="Ruled out">
          <ul className="why-list">
            {ruledOut.map((one) => (
              <li key={`${one.class} ${one.because}`}>
                {one.class}: {one.because}
              </li>
            ))}
          </ul>
        </Section>
      )}
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
