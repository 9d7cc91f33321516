// How right funnels, discovery and the reasons of losses are, on made sites and shoppers whose truth is known; and how fast.

import { journeysOf } from "../../src/analysis/journeys/discovery/discover.ts";
import { funnelOf } from "../../src/analysis/journeys/funnel/funnel.ts";
import type { EventLog } from "../../src/analysis/journeys/log.ts";
import { logBuilder } from "../../src/analysis/journeys/log-builder.ts";
import { seededRandom } from "../../src/base/random.ts";
import { atLeast, atMost, type Figure, information, type Section, type Suite } from "../suite.ts";
import { median } from "../support/median.ts";
import { again } from "./live/again.ts";
import { live } from "./live/section.ts";
import { FAULTS } from "./shoppers/faults.ts";
import { DEFINITION, type Judged, judge } from "./shoppers/judge.ts";
import { STEPS } from "./shoppers/world.ts";
import { SITES } from "./sites/all.ts";
import { record } from "./sites/visit.ts";

const PER_HOUR = 2000;

const discovery: Section = {
  name: "discovery",
  about: "the goal and the steps of sites of seven shapes",
  async run({ isQuick, say }) {
    const seeds = isQuick ? 3 : 10;
    let goals = 0;
    let steps = 0;
    for (const site of SITES) {
      let right = 0;
      let whole = 0;
      for (let seed = 1; seed <= seeds; seed++) {
        const log = logBuilder();
        record(site, PER_HOUR, seed * 104_729, log);
        const { goals: found, funnels } = journeysOf(log.finish());
        if (found[0]?.event !== site.goal) continue;
        right++;
        const proposed = funnels[0]?.steps ?? [];
        if (site.steps.filter((step) => proposed.includes(step)).length >= 0.8 * site.steps.length) whole++;
      }
      say(`${site.name}: goal first ${right} of ${seeds}, 80 % of the steps ${whole} of ${seeds}`);
      if (right === seeds) goals++;
      if (whole === seeds) steps++;
    }
    const goal = Math.ceil(0.8 * SITES.length);
    return [
      atLeast("shapes whose goal is first with every seed", goals, `of ${SITES.length}`, { goal }),
      atLeast("shapes with 80 % of the steps with every seed", steps, `of ${SITES.length}`, { goal }),
    ];
  },
};

const causes: Section = {
  name: "causes",
  about: "planted reasons of losses, and none, against the same shoppers without them",
  async run({ isQuick, say }) {
    const seeds = isQuick ? 3 : 10;
    const all = new Map<string, Judged[]>();
    for (const fault of FAULTS) {
      const judged = Array.from({ length: seeds }, (_, at) => judge(fault, PER_HOUR, (at + 1) * 7919));
      all.set(fault.name, judged);
      const states = Map.groupBy(judged, ({ state }) => state);
      const told = [...states].map(([state, those]) => `${state} ${those.length}`).join(", ");
      say(`${fault.name}: ${told}; right ${share(judged, (one) => one.isCauseRight)} %`);
    }
    const of = (pick: (fault: (typeof FAULTS)[number]) => boolean) =>
      FAULTS.filter(pick).flatMap(({ name }) => all.get(name) ?? []);
    const technical = of(({ cause }) => cause !== undefined);
    const others = of(({ cause, isHidden }) => cause === undefined && !isHidden);
    const hidden = of(({ isHidden }) => isHidden === true);
    const quiet = Array.from({ length: isQuick ? 6 : 20 }, (_, at) => judge(FAULTS.at(-1)!, PER_HOUR, 31_337 + at));
    const found = technical.filter(({ isTechnical }) => isTechnical);
    const peer = (those: readonly Judged[]) => `plain odds ${share(those, (one) => one.isPlainRight).toFixed(0)}`;
    const covered = ({ trueLoss, interval: [low, high] }: Judged) => trueLoss >= low && trueLoss <= high;
    const halfWidths = found.map(
      ({ interval: [low, high], trueLoss }) => (100 * (high - low)) / 2 / Math.max(1, trueLoss),
    );
    return [
      atLeast(
        "technical: step right",
        share(technical, (one) => one.isStepRight),
        "%",
        { goal: 90 },
      ),
      atLeast(
        "technical: cause and step right",
        share(technical, (one) => one.isCauseRight),
        "%",
        { goal: 90, peer: peer(technical) },
      ),
      atMost(
        "technical called not technical",
        count(technical, (one) => one.state === "not-technical"),
        "",
        { goal: 0 },
      ),
      atLeast(
        "not technical: said so",
        share(others, (one) => one.state === "not-technical"),
        "%",
        { goal: 80, peer: peer(others) },
      ),
      atMost(
        "not technical: undetermined",
        share(others, (one) => one.state === "undetermined"),
        "%",
        { goal: 15 },
      ),
      atMost(
        "what cannot be told, told as not technical",
        count(hidden, (one) => one.state === "not-technical"),
        "",
        { goal: 0 },
      ),
      atMost(
        `false answers in ${quiet.length} quiet runs of 2 h`,
        count(quiet, (one) => one.isTechnical),
        "",
        { goal: 1, peer: peer(quiet) },
      ),
      atLeast("intervals that hold the true loss", share(found, covered), "%", { goal: 90 }),
      atMost("half-width of the interval, of the true loss, median", median(halfWidths), "%", { goal: 30 }),
    ];
  },
};

const speed: Section = {
  name: "speed",
  about: "a funnel and discovery over two million sessions, and their memory",
  async run({ isQuick, say }) {
    const sessions = isQuick ? 200_000 : 2_000_000;
    const log = manySessions(sessions);
    say(`${log.events.length} events of ${sessions} sessions`);
    const funnel = timed(() => funnelOf(log, DEFINITION, { attribute: "version", by: "first" }));
    const found = timed(() => journeysOf(log));
    const bytes = log.timesMs.byteLength + log.events.byteLength + log.starts.byteLength;
    const codes = log.attributes.reduce((sum, { codes: column }) => sum + column.byteLength, 0);
    const per = 2_000_000 / sessions;
    return [
      atMost("funnel over 2 million sessions", (funnel * per) / 1000, "s CPU", { goal: 1 }),
      atMost("discovery over 2 million sessions", (found * per) / 1000, "s CPU", { goal: 10 }),
      information("the log of 2 million sessions", ((bytes + codes) * per) / 1024 ** 2, "MiB"),
    ] satisfies Figure[];
  },
};

export const journeys: Suite = {
  name: "journeys",
  about: "funnels, discovery and reasons of losses on made visitors whose truth is known",
  sections: [discovery, causes, live, again, speed],
};

/** As a builder would leave it, made in columns: sorting two million visitors by name is not what is measured. */
function manySessions(sessions: number): EventLog {
  const random = seededRandom(1);
  const starts = new Uint32Array(sessions + 1);
  const timesMs = new Float64Array(sessions * 12);
  const events = new Uint16Array(sessions * 12);
  const codes = new Uint16Array(sessions * 12);
  const names = [...STEPS, "GET /", "GET /category/{slug}", "GET /search"];
  let count = 0;
  for (let session = 0; session < sessions; session++) {
    starts[session] = count;
    let now = random.unit() * 86_400_000;
    let step = 0;
    for (let at = 0; at < 12 && random.unit() < 0.88; at++) {
      const isNext = step < STEPS.length && random.unit() < 0.35;
      events[count] = isNext ? step++ : STEPS.length + (random.u32() % 3);
      codes[count] = 1 + (session & 1);
      timesMs[count++] = now;
      now += 1500 + random.unit() * 30_000;
    }
  }
  starts[sessions] = count;
  const version = { name: "version", values: ["", "v1", "v2"], codes: codes.subarray(0, count) };
  return {
    timesMs: timesMs.subarray(0, count),
    events: events.subarray(0, count),
    names,
    starts,
    attributes: [version],
  };
}

/** @returns ms of CPU, the best of three */
function timed(run: () => unknown): number {
  return Math.min(
    ...[1, 2, 3].map(() => {
      const before = process.cpuUsage();
      run();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    }),
  );
}

function count<One>(those: readonly One[], isSo: (one: One) => boolean): number {
  return those.filter(isSo).length;
}

function share<One>(those: readonly One[], isSo: (one: One) => boolean): number {
  return (100 * count(those, isSo)) / Math.max(1, those.length);
}
