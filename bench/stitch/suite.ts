// How well calls are stitched to requests, by shape and load, against what others do: on made traffic whose truth is known.
import { atLeast, atMost, type Figure, information, type Section, type Suite, type SuiteOptions } from "../suite.ts";
import { recordings } from "./recordings.ts";
import { run, type Setting } from "./run.ts";
import { SHAPES, type Shape } from "./shapes.ts";
import { type Tally, tally } from "./tally.ts";

/** requests in flight at the entry */
const LOADS = [0.2, 4, 8, 16, 64];
const QUICK_LOADS = [0.2, 4, 16];
/** % of requests, by requests in flight */
const GOALS: Readonly<Record<number, number>> = { 0.2: 97, 4: 97, 16: 90 };
const TRACES = { shape: "depth 4", load: 8, goal: 85 };
const CONTENT = { load: 16, goal: 99 };
const SPEED = { loads: [4, 16], goal: 50_000 };

type Host = Pick<Setting, "runs" | "tail">;
const POOL: Host = { runs: "threads", tail: "light" };
const HOSTS: readonly Host[] = [POOL, { runs: "loop", tail: "heavy" }];

const blind: Section = {
  name: "blind",
  about: "by time alone: accuracy by shape and load, and whether confidence is true",
  async run({ isQuick, say }) {
    const figures: Figure[] = [];
    const all = tally();
    for (const load of isQuick ? QUICK_LOADS : LOADS) {
      for (const shape of SHAPES) {
        const sum = tally();
        for (const host of HOSTS) {
          const verdict = run({ shape, ...host, concurrency: load, hasContent: false, requests: isQuick ? 200 : 400 });
          say(line(shape, host, load, verdict.inFlight, tally(verdict)));
          sum.add(verdict);
          all.add(verdict);
        }
        figures.push(...accuracy(shape, load, sum));
      }
    }
    return [...figures, ...calibration(all)];
  },
};

const content: Section = {
  name: "content",
  about: "with an id that a request shares with its calls",
  async run({ isQuick, say }) {
    return SHAPES.map((shape) => {
      const sum = tally();
      for (const host of HOSTS) {
        const requests = isQuick ? 200 : 400;
        const verdict = run({ shape, ...host, concurrency: CONTENT.load, hasContent: true, requests });
        say(line(shape, host, CONTENT.load, verdict.inFlight, tally(verdict)));
        sum.add(verdict);
      }
      const name = `${shape.name}, ${CONTENT.load} in flight, content`;
      return atLeast(name, sum.right("ours"), "% requests", { goal: CONTENT.goal, peer: peers(sum) });
    });
  },
};

const speed: Section = {
  name: "speed",
  about: "spans a second of CPU time, learning from nothing included",
  async run({ isQuick }: SuiteOptions) {
    const shape = SHAPES[0] as Shape;
    return SPEED.loads.map((load) => {
      const requests = isQuick ? 4000 : 12_000;
      const sum = tally(run({ shape, ...POOL, concurrency: load, hasContent: false, requests }));
      const name = `speed, ${shape.name}, ${load} in flight`;
      return atLeast(name, sum.perSecond(), "spans/s", { goal: SPEED.goal, peer: "CPU of one core" });
    });
  },
};

export const stitch: Suite = {
  name: "stitch",
  about: "calls found to belong to requests: accuracy by shape and load, confidence, speed",
  sections: [blind, content, recordings, speed],
};

function accuracy({ name: shape }: Shape, load: number, sum: Tally): Figure[] {
  const name = `${shape}, ${load} in flight`;
  const goal = GOALS[load];
  const peer = peers(sum);
  const right = sum.right("ours");
  const requests =
    goal === undefined
      ? information(name, right, "% requests", peer)
      : atLeast(name, right, "% requests", { goal, peer });
  if (!shape.startsWith("depth")) return [requests];
  const traces = { name: `${name}, whole`, value: sum.whole("ours"), peer: wholePeers(sum) };
  const isJudged = shape === TRACES.shape && load === TRACES.load;
  return [
    requests,
    isJudged
      ? atLeast(traces.name, traces.value, "% traces", { goal: TRACES.goal, peer: traces.peer })
      : information(traces.name, traces.value, "% traces", traces.peer),
  ];
}

/** What is claimed and what is true, by tenths; and how far apart they are on the average of all links. */
function calibration(all: Tally): Figure[] {
  const curve = all.curve().filter(({ count }) => count > 0);
  const links = curve.reduce((sum, { count }) => sum + count, 0);
  const apart = curve.reduce((sum, { right, claimed }) => sum + Math.abs(right - claimed), 0);
  const steps = curve.map(({ count, right, claimed }) =>
    information(`links said to be ${(claimed / count).toFixed(2)}`, (100 * right) / count, "% right", `${count} links`),
  );
  const goal = { goal: 3, peer: "mean over links" };
  return [...steps, atMost("confidence apart from truth", (100 * apart) / links, "%", goal)];
}

function peers(sum: Tally): string {
  return `FCFS ${sum.right("fcfs").toFixed(1)}, vPath-like ${sum.right("vPath").toFixed(1)}`;
}

function wholePeers(sum: Tally): string {
  return `FCFS ${sum.whole("fcfs").toFixed(1)}, vPath-like ${sum.whole("vPath").toFixed(1)}`;
}

function line({ name }: Shape, { runs, tail }: Host, load: number, inFlight: number, sum: Tally): string {
  const setting = `${name.padEnd(17)} ${runs.padEnd(7)} ${tail.padEnd(5)} ${String(load).padStart(4)} (${inFlight.toFixed(1)})`;
  const shares = `${sum.right("ours").toFixed(1).padStart(5)} %, whole ${sum.whole("ours").toFixed(1).padStart(5)} %`;
  return `${setting.padEnd(45)} ${shares}  ${peers(sum)}`;
}
