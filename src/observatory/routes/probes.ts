// Probes that do not say so: a path such as /healthz that one caller asks for at a beat. Whoever has a telling User-Agent
// was marked where the request was read (protocol/http1/prober.ts).

type End = { readonly name: string; readonly namespace: string };

export type Probes = {
  /**
   * Does this request belong to a beat? Call it for each GET and HEAD, in the order in which they come.
   * @param caller number of a workload, or of the outside: behind one there may be up to three probers
   * @param path without query @param atUs µs since the epoch
   */
  isProbe(caller: number, called: End, path: string, atUs: number): boolean;
};

/** the last segment of what is asked to see whether somebody is well, or for counters */
const LOOKS: ReadonlySet<string> = new Set(
  `health healthz healthy healthcheck health-check health_check _health ready readyz readiness live livez liveness alive
  ping up status heartbeat metrics prometheus`
    .split(/\s+/)
    .filter(Boolean),
);
const FIRST_LETTERS = new Uint8Array(128);
for (const word of LOOKS) FIRST_LETTERS[word.charCodeAt(0)] = 1;
const LONGEST_PATH = 64;

const MOST_PROBERS = 3;
/** intervals that must be alike, by the number of probers: of several they overlap, and say less each */
const intervalsOf = (probers: number) => 3 + 3 * probers;
const KEPT = intervalsOf(MOST_PROBERS) + MOST_PROBERS;
/** nobody looks more often; a browser or a load generator may ask for anything at a beat */
const SHORTEST_US = 0.9e6;
const MOST_CALLERS = 2_000;

type Beat = { readonly times: number[]; isKnown: boolean };

export function probes(): Probes {
  const beats = new Map<string, Beat>();
  return {
    isProbe(caller, called, path, atUs) {
      const last = path.lastIndexOf("/") + 1;
      // most paths end in something else: a look at one letter costs less than a new string
      if (path.length > LONGEST_PATH || FIRST_LETTERS[path.charCodeAt(last)] !== 1) return false;
      if (!LOOKS.has(path.slice(last))) return false;
      const key = `${caller} ${called.namespace}/${called.name} ${path}`;
      let beat = beats.get(key);
      if (!beat) {
        if (beats.size >= MOST_CALLERS) beats.delete(beats.keys().next().value as string);
        beat = { times: [], isKnown: false };
        beats.set(key, beat);
      }
      const { times } = beat;
      times.push(atUs);
      if (times.length > KEPT) times.shift();
      // one request that is late makes two intervals odd
      const most = beat.isKnown ? 2 : 1;
      beat.isKnown = false;
      for (let probers = 1; probers <= MOST_PROBERS && !beat.isKnown; probers++) {
        beat.isKnown = oddIntervals(times, probers) <= most;
      }
      return beat.isKnown;
    },
  };
}

/** How many of the last are not as far from the one so many before them as the others are. */
function oddIntervals(times: readonly number[], probers: number): number {
  const wanted = intervalsOf(probers);
  const intervals: number[] = [];
  for (let at = times.length - 1; at >= probers && intervals.length < wanted; at--) {
    intervals.push((times[at] as number) - (times[at - probers] as number));
  }
  if (intervals.length < wanted) return wanted;
  const median = [...intervals].sort((a, b) => a - b)[wanted >> 1] as number;
  if (median < SHORTEST_US) return wanted;
  return intervals.filter((one) => Math.abs(one - median) > 0.15 * median + 0.05e6).length;
}
