// How often objectives cry when nothing is wrong: days of simulated meshes with ordinary events, and the incidents of each.
import { availableParallelism } from "node:os";
import { atMost, type Figure, information, type SuiteOptions } from "../suite.ts";
import { median } from "../support/median.ts";
import type { QuietDay } from "./quiet.worker.ts";

const DAYS = { full: 42, quick: 2 };
const SEED_STEP = 6_007;
const HOURS_OF_A_WEEK = 168;

export async function quiet({ isQuick, say }: SuiteOptions): Promise<readonly Figure[]> {
  const days = await quietDays(isQuick ? DAYS.quick : DAYS.full, say);
  const sum = (of: (day: QuietDay) => number) => days.reduce((all, day) => all + of(day), 0);
  const weeks = sum(({ hours, objectives }) => (hours * objectives) / 20) / HOURS_OF_A_WEEK;
  const opened = days.flatMap(({ incidents }) => incidents);
  const incidents = opened.filter(({ isOverspent }) => !isOverspent);
  for (const { text, isOverspent } of opened) say(`${isOverspent ? "incident, overspent" : "false incident"}: ${text}`);
  return [
    atMost("quiet: false incidents in a mesh-week of 20 objectives", incidents.length / weeks, "incidents", {
      goal: 1,
    }),
    atMost("quiet: the same, upper bound (Poisson, 95 %)", upperBound(incidents.length) / weeks, "incidents", {
      goal: 1,
    }),
    information(
      "quiet: mesh-hours",
      sum(({ hours }) => hours),
      "h",
    ),
    information(
      "quiet: incidents of objectives that overspent on that day",
      opened.length - incidents.length,
      "incidents",
    ),
    information("quiet: budget used, median", median(days.flatMap(({ used }) => used)), "share"),
    information(
      "quiet: requests",
      sum(({ requests }) => requests),
      "requests",
    ),
    information(
      "quiet: ordinary events",
      sum(({ events }) => events),
      "events",
    ),
  ];
}

async function quietDays(wanted: number, say: SuiteOptions["say"]): Promise<QuietDay[]> {
  const days: QuietDay[] = [];
  let next = 1;
  const workers = Array.from({ length: Math.min(wanted, availableParallelism()) }, async () => {
    const worker = new Worker(new URL("./quiet.worker.ts", import.meta.url).href);
    while (next <= wanted) {
      const { promise, resolve, reject } = Promise.withResolvers<QuietDay>();
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.onmessage = ({ data }: MessageEvent<QuietDay>) => resolve(data);
      worker.postMessage(SEED_STEP * next++);
      days.push(await promise);
      say(`${days.length} of ${wanted} days`);
    }
    worker.terminate();
  });
  await Promise.all(workers);
  return days;
}

/** Of a Poisson mean of which `count` was seen (Garwood, 1936). */
function upperBound(count: number): number {
  const below = (mean: number) => {
    let term = Math.exp(-mean);
    let sum = term;
    for (let k = 1; k <= count; k++) {
      term *= mean / k;
      sum += term;
    }
    return sum;
  };
  let mean = count;
  while (below(mean) > 0.05) mean += 0.001;
  return mean;
}
