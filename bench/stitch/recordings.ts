// How well recordings of whole systems are put together.
import { seededRandom } from "../../src/base/random.ts";
import { atLeast, type Figure, information, type Section } from "../suite.ts";
import { heavy } from "./draw.ts";
import { type Found, stitchRecording, type Trait } from "./recorded.ts";
import { SYSTEMS, type System } from "./systems.ts";
import { runWorld, type World } from "./world.ts";

const LOADS = [4, 16];
const GOALS: Readonly<Record<number, number>> = { 4: 97, 16: 90 };
const TRAITS: readonly Trait[] = [
  { name: "with peer ids", hasPeerIds: true, resolutionUs: 1 },
  { name: "without peer ids", hasPeerIds: false, resolutionUs: 1 },
  { name: "in milliseconds", hasPeerIds: true, resolutionUs: 1000 },
];

export const recordings: Section = {
  name: "recordings",
  about: "files as other systems write them, by time alone",
  async run({ isQuick, say }) {
    const figures: Figure[] = [];
    for (const load of LOADS) {
      for (const system of SYSTEMS) {
        const world = worldOf(system, load, isQuick ? 200 : 1500);
        for (const trait of isQuick ? TRAITS.slice(0, 1) : TRAITS) {
          const found = stitchRecording(system, world, trait);
          const name = `${system.name}, ${load} in flight, ${trait.name}`;
          say(`${name.padEnd(50)} ${line(found)}`);
          figures.push(...figuresOf(name, found, trait === TRAITS[0] ? GOALS[load] : undefined));
        }
      }
    }
    return figures;
  },
};

function worldOf({ plans, entry }: System, load: number, requests: number): World {
  const pilot = runWorld(plans, { entry, perSecond: 20, requests: 300 }, seededRandom(11), heavy);
  const perSecond = (load / pilot.meanLatencyUs) * 1e6;
  return runWorld(plans, { entry, perSecond, requests }, seededRandom(load * 13 + 101), heavy);
}

function figuresOf(name: string, found: Found, goal: number | undefined): Figure[] {
  const right = percent(found.rightRequests, found.requests);
  const worst = `worst: ${found.worst.service} ${(100 * found.worst.share).toFixed(1)}`;
  return [
    goal === undefined
      ? information(name, right, "% requests", worst)
      : atLeast(name, right, "% requests", { goal, peer: worst }),
    information(`${name}, whole`, percent(found.rightTraces, found.traces), "% traces"),
  ];
}

function line({ requests, rightRequests, traces, rightTraces, worst }: Found): string {
  const shares = [percent(rightRequests, requests), percent(rightTraces, traces)].map((share) => share.toFixed(1));
  return `${shares[0]?.padStart(5)} %, whole ${shares[1]?.padStart(5)} %, ${worst.service} ${(100 * worst.share).toFixed(1)}`;
}

function percent(part: number, of: number): number {
  return (100 * part) / of;
}
