// What speaks for the first suspect: figures as they usually are, and now.
import type { WhyAnswer } from "../../../src/api/types.ts";
import { count, duration, percent } from "../../data/format.ts";
import { Section } from "../service/section.tsx";
import { nameOf } from "./about.ts";

type Evidence = WhyAnswer["findings"][number]["evidence"];

export function WhyEvidence({ evidence, service }: { readonly evidence: Evidence; readonly service: string }) {
  return (
    <Section title={`What speaks for ${nameOf(service)}`}>
      <table className="table">
        <caption className="for-readers">Figures of {nameOf(service)}</caption>
        <thead>
          <tr>
            <th scope="col">Figure</th>
            <th scope="col">Usual</th>
            <th scope="col">Now</th>
          </tr>
        </thead>
        <tbody>
          {evidence.map(({ claim, baseline, observed, unit }) => (
            <tr key={claim}>
              <th scope="row">{claim}</th>
              <td>{inUnit(unit, baseline)}</td>
              <td>{inUnit(unit, observed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

function inUnit(unit: Evidence[number]["unit"], value: number): string {
  if (unit === "s") return duration(1000 * value);
  return unit === "share" ? percent(value) : count(Number(value.toPrecision(3)));
}
