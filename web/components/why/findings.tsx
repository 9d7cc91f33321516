// Who is to blame, the likeliest first.
import { Link } from "wouter";
import type { WhyAnswer } from "../../../src/api/types.ts";
import { percent, timeOfDay } from "../../data/format.ts";
import { placeHref, servicePath } from "../../data/use-view.ts";
import type { View } from "../../data/view.ts";
import { Section } from "../service/section.tsx";
import { confinedTo, HOST, nameOf } from "./about.ts";

const SHOWN = 5;

type WhyFindingsProps = Pick<WhyAnswer, "findings"> & { readonly view: View };

export function WhyFindings({ findings, view }: WhyFindingsProps) {
  return (
    <Section title="Who adds it">
      <table className="table">
        <caption className="for-readers">Suspects, the likeliest first</caption>
        <thead>
          <tr>
            <th scope="col">Who</th>
            <th scope="col">Kind</th>
            <th scope="col">Explains</th>
            <th scope="col">Since</th>
            <th scope="col">By way of</th>
          </tr>
        </thead>
        <tbody>
          {findings.slice(0, SHOWN).map(({ rank, subject, explained, since, path, ...rest }) => (
            <tr key={rank}>
              <th scope="row">
                {subject.service === HOST ? (
                  nameOf(HOST)
                ) : (
                  <Link className="link" href={placeHref(servicePath(subject.service), view)}>
                    {subject.service}
                  </Link>
                )}{" "}
                <span className="quiet">{confinedTo(subject)}</span>
              </th>
              <td>{rest.class}</td>
              <td>
                <meter className="why-share" min={0} max={1} value={explained}>
                  {percent(explained)}
                </meter>{" "}
                {percent(explained)}
              </td>
              <td>{timeOfDay(since)}</td>
              <td className="quiet">{path.map(nameOf).join(" → ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}
