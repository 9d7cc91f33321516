// The way from who is asked about to the suspect, as the map would draw it: a card for each place, an arrow for each call.
import { Fragment } from "react";
import { Link } from "wouter";
import type { Answer, EdgeRow, WhyAnswer } from "../../../src/api/types.ts";
import { mapCommand } from "../../data/commands.ts";
import { aroundQuestion } from "../../data/questions.ts";
import { useAnswer } from "../../data/use-answer.tsx";
import { useMesh } from "../../data/use-mesh.tsx";
import { placeHref } from "../../data/use-view.ts";
import { MOST_HOPS, type View } from "../../data/view.ts";
import { Icon } from "../icon.tsx";
import { Section } from "../service/section.tsx";
import { HOST, metricOf, nameOf, stillRange } from "./about.ts";
import { stepsOf } from "./path.ts";
import { CallArrow, HostArrow } from "./way-arrow.tsx";
import { WayCard } from "./way-card.tsx";

export type WhyWayProps = {
  readonly answer: WhyAnswer;
  /** whose way it is */
  readonly suspect: WhyAnswer["findings"][number];
  readonly view: View;
};

export function WhyWay({ answer, suspect, view }: WhyWayProps) {
  const { project } = useMesh();
  const { findings, window, baseline } = answer;
  const { path, subject } = suspect;
  const [target = ""] = path;
  const metric = metricOf(findings);
  const services = path.filter((name) => name !== HOST);
  const hops = Math.min(Math.max(services.length - 1, 1), MOST_HOPS);
  const focus = { service: target, ...(metric === "throughput" ? { up: hops, down: 1 } : { up: 1, down: hops }) };
  const hasCalls = services.length > 1;
  const question = aroundQuestion(stillRange(window), focus);
  const usualQuestion = aroundQuestion(stillRange(baseline), focus);
  const now = useAnswer<Answer<EdgeRow>>(hasCalls ? question : undefined, false).answer?.rows ?? [];
  const before = useAnswer<Answer<EdgeRow>>(hasCalls ? usualQuestion : undefined, false).answer?.rows ?? [];
  const steps = stepsOf(services, { now, before }, metric);
  const command = mapCommand(project, { focus, range: stillRange(window), filters: {} });
  return (
    <Section
      title={path.length > 1 ? `The way from ${target} to ${nameOf(subject.service)}` : "Where it is"}
      {...(hasCalls && { sameAs: { what: "Calls", command, question } })}
    >
      <ol className="way" aria-label="From who is asked about to the suspect">
        {path.map((name, place) => (
          <Fragment key={name}>
            {place > 0 &&
              (name === HOST ? <HostArrow /> : <CallArrow step={steps[place - 1]!} metric={metric} view={view} />)}
            <WayCard name={name} view={view} isTarget={place === 0} {...(place === path.length - 1 && { suspect })} />
          </Fragment>
        ))}
      </ol>
      <Link className="link way-map" href={placeHref("/map", view, { focus })}>
        <Icon name="target" size={13} /> On the map
      </Link>
    </Section>
  );
}
