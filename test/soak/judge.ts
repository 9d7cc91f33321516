// From samples of a process over time to a verdict: does it grow, and does it keep descriptors?

export type Sample = {
  readonly atMs: number;
  /** proportional set size */
  readonly pssBytes: number;
  readonly descriptors: number;
};

export type Course = { readonly name: string; readonly samples: readonly Sample[] };

export type Verdict = {
  readonly name: string;
  readonly pssMiB: number;
  readonly slopeMiBPerMin: number;
  readonly descriptors: number;
  readonly moreDescriptors: number;
  /** empty: nothing */
  readonly trouble: readonly string[];
};

/** what warms up, fills and is compiled in the first part is no leak */
const WARM_SHARE = 0.4;
/** of a heap that is swept now and then; a leak of one object of 100 bytes per request at 500/s is 2.9 MiB a minute */
const MOST_MIB_PER_MIN = 1.5;
/** connections come and go; a leak of one in each change or replacement is more */
const MOST_DESCRIPTORS = 12;

/** Workers together: a caller's next connection may come to another one, so none keeps descriptors unless all of them do. */
export function judgeAll(courses: readonly Course[], bounded: Bounded): Verdict[] {
  const isWorker = ({ name }: { readonly name: string }) => name.startsWith("worker-");
  const verdicts = courses.map((course) => judge(course, bounded));
  const workers = verdicts.filter(isWorker);
  const more = workers.reduce((sum, { moreDescriptors }) => sum + moreDescriptors, 0);
  return verdicts.map((one) => {
    const kept = isWorker(one) ? more : one.moreDescriptors;
    return kept > MOST_DESCRIPTORS
      ? { ...one, trouble: [...one.trouble, `keeps ${one.moreDescriptors} more descriptors`] }
      : one;
  });
}

/** MiB that a process may take whose memory is a cache that fills, by its name: its slope is only told */
type Bounded = Readonly<Record<string, number>>;

/** Of memory. */
function judge({ name, samples }: Course, bounded: Bounded): Verdict {
  const judged = samples.slice(Math.floor(samples.length * WARM_SHARE));
  const slopeMiBPerMin = (slope(judged.map(({ atMs, pssBytes }) => [atMs, pssBytes])) * 60_000) / MIB;
  const third = Math.max(1, Math.floor(judged.length / 3));
  const [first, last] = [judged.slice(0, third), judged.slice(-third)];
  const descriptors = median(last.map((one) => one.descriptors));
  const moreDescriptors = descriptors - median(first.map((one) => one.descriptors));
  const pssMiB = (judged.at(-1)?.pssBytes ?? 0) / MIB;
  const trouble: string[] = [];
  const most = bounded[name];
  if (most !== undefined && pssMiB > most) trouble.push(`takes ${pssMiB.toFixed(0)} MiB, more than ${most}`);
  if (most === undefined && slopeMiBPerMin > MOST_MIB_PER_MIN)
    trouble.push(`grows by ${slopeMiBPerMin.toFixed(1)} MiB a minute`);
  return { name, pssMiB, slopeMiBPerMin, descriptors, moreDescriptors, trouble };
}

/** The median of the slopes of all pairs (Theil and Sen): a sweep of the heap in between does not bend it. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const slopes: number[] = [];
  for (const [i, [x, y]] of points.entries()) {
    for (const [laterX, laterY] of points.slice(i + 1)) if (laterX > x) slopes.push((laterY - y) / (laterX - x));
  }
  return slopes.length === 0 ? 0 : median(slopes);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

const MIB = 1 << 20;
