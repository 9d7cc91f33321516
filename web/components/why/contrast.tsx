// What slow or failed requests of the suspect have and the others have not.
import type { WhyAnswer } from "../../../src/api/types.ts";
import { count, percent } from "../../data/format.ts";
import { Section } from "../service/section.tsx";

type Contrast = NonNullable<WhyAnswer["contrast"]>;

export function WhyContrast({ contrast }: { readonly contrast: Contrast }) {
  const { bad, service, traits } = contrast;
  return (
    <Section title={`What the ${bad} requests of ${service} have in common`}>
      <p className="quiet">
        {percent(contrast.share)} of them are {bad}, {percent(contrast.before)} were before.
        {traits.length === 0 && " Nothing tells them from the others."}
      </p>
      {traits.length > 0 && (
        <table className="table">
          <caption className="for-readers">How often requests with something are {bad}</caption>
          <thead>
            <tr>
              <th scope="col">With</th>
              <th scope="col">Requests</th>
              <th scope="col">{bad === "slow" ? "Slow" : "Failed"}</th>
              <th scope="col">Before</th>
              <th scope="col">Others</th>
              <th scope="col">Of all {bad} beyond the usual</th>
              <th scope="col">It is</th>
            </tr>
          </thead>
          <tbody>
            {traits.map(({ attribute, value, same = [], ...trait }) => (
              <tr key={`${attribute} ${value}`}>
                <th scope="row">
                  {[{ attribute, value }, ...same].map((one) => `${one.attribute} ${one.value}`).join(", ")}
                </th>
                <td>{count(trait.requests)}</td>
                <td>{percent(trait.share)}</td>
                <td>{percent(trait.before)}</td>
                <td>{percent(trait.others)}</td>
                <td>
                  <meter className="why-share" min={0} max={1} value={trait.covers}>
                    {percent(trait.covers)}
                  </meter>{" "}
                  {percent(trait.covers)}
                </td>
                <td className="quiet">{trait.isCaused ? "the cause" : "associated"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}
