// The mean request of a service as parts that add up.
import type { SeenExchange } from "../../model/figures.ts";
import { criticalPath, gapsIn, type Interval } from "./critical-path.ts";
import { missingSignals } from "./missing.ts";
import { mannerOf, NO_SHARES, type OwnShares, ownShares } from "./own-time.ts";
import { type Cut, cutsOf } from "./phases.ts";
import { type Looked, lengthOf, piecesOf, stepsOf } from "./steps.ts";
import { type Ledger, type LedgerConfidence, type LedgerDocument, type LedgerRow, PARTS, type Part } from "./types.ts";

export type LedgerFacts = {
  readonly service: string;
  /** what it was asked, all of it in the time that is looked at */
  readonly requests: readonly SeenExchange[];
  /** and what it asked of others then */
  readonly calls: readonly SeenExchange[];
  readonly used: readonly UsedBy[];
};

export type UsedBy = { readonly workload: string; readonly looked: readonly Looked[] };

/** of the calls, so many must be known to belong to a request, or to nobody, for single requests to be cut */
const LINKED_SHARE = 0.5;
/** the band of the slow begins at this quantile, and is shown from so many requests on */
const SLOW_QUANTILE = 0.99;
const FEWEST_SLOW = 5;

/** @param isAsked which of the requests are shown; all of them tell what the workloads did */
export function ledgerOf(facts: LedgerFacts, isAsked: (request: SeenExchange) => boolean): LedgerDocument {
  const calls = facts.calls.filter(({ flags }) => !flags.includes("attempt") && !flags.includes("mirrored"));
  const linked = calls.filter(({ confidence }) => confidence > 0);
  const isLinked = calls.length === 0 || linked.length >= LINKED_SHARE * calls.length;
  const requests = facts.requests.filter(isRequest);
  const entries = isLinked ? cutByLinks(requests, calls) : cutByTotals(requests, calls);
  const divisions = divisionsOf(entries, facts.used);
  const asked = entries.filter(({ request }) => isAsked(request));
  const sorted = asked.toSorted((a, b) => a.request.durationUs - b.request.durationUs);
  const slow = sorted.slice(Math.floor(sorted.length * SLOW_QUANTILE));
  const fromUs = slow[0]?.request.durationUs ?? 0;
  const missing = missingSignals(
    facts.used.map(({ looked }) => Object.assign({}, ...looked.map(({ rise, ...levels }) => ({ ...levels, ...rise })))),
  );
  const meanConfidence = linked.reduce((sum, { confidence }) => sum + confidence, 0) / Math.max(1, linked.length);
  return {
    service: facts.service,
    all: add(asked, divisions),
    ...(slow.length >= FEWEST_SLOW && { slow: { fromMs: fromUs / 1000, ...add(slow, divisions) } }),
    confidence: confidenceOf({
      isLinked,
      meanConfidence,
      isMissing: missing.parts.length > 0,
      hasCalls: calls.length > 0,
    }),
    how: [
      ...(isLinked
        ? []
        : [
            "Which call belongs to which request is not known: dependencies are all their calls' time, divided by the requests; parallel calls count double",
          ]),
      ...(calls.length > 0 && isLinked
        ? [
            `Calls are linked to requests with a mean confidence of ${meanConfidence.toFixed(2)}; only what lies on the critical path counts`,
          ]
        : []),
      "Own time is divided in proportion to what the workload's tasks did in the same seconds, without what they do unasked (by regression); in an event loop requests wait for each other by mean value analysis",
      "Round trips while the service works are not told apart from its own time",
    ],
    missing: [...missing.parts, ...missing.beside],
  };
}

/** How many of their kind it stands for, when only a sample was stored. */
function weightOf(exchange: SeenExchange | undefined): number {
  return exchange?.weight ?? 1;
}

/** Streams and connections have a life of their own, not a latency. */
function isRequest({ protocol, flags }: SeenExchange): boolean {
  return protocol !== "tcp" && !["upgraded", "attempt", "mirrored"].some((flag) => flags.includes(flag));
}

type Amount = { readonly part: Part; readonly of?: string; readonly us: number };
/** a request, when it was in its own time, and everything else */
type Entry = { readonly request: SeenExchange; readonly own: readonly Interval[]; readonly amounts: readonly Amount[] };

function cutByLinks(requests: readonly SeenExchange[], calls: readonly SeenExchange[]): Entry[] {
  const byParent = Map.groupBy(calls, ({ parentSpanId }) => parentSpanId);
  return requests.map((request) => {
    const children = (byParent.get(request.serverSpanId) ?? []).map((call) => ({
      call,
      fromUs: call.startUs,
      toUs: call.startUs + call.durationUs,
    }));
    const own: Interval[] = [];
    const amounts = cutsOf(request).flatMap((cut): Amount[] => {
      if (cut.what !== "answer") return [amountOf(cut, cut.what)];
      const path = criticalPath(cut, children);
      own.push(...gapsIn(cut, path));
      return path.flatMap(({ call, ...piece }) => {
        const pieces = callPieces(call.call, piece);
        own.push(...pieces.filter(isOfCaller));
        return pieces.filter((one) => !isOfCaller(one)).map((one) => callAmount(call.call, one));
      });
    });
    return { request, own, amounts };
  });
}

function cutByTotals(requests: readonly SeenExchange[], calls: readonly SeenExchange[]): Entry[] {
  const weight = requests.reduce((sum, request) => sum + weightOf(request), 0);
  const byName = Map.groupBy(calls, ({ destination }) => destination);
  const means = [...byName].map(([name, some]) => ({
    name,
    us: some.reduce((sum, call) => sum + call.durationUs * weightOf(call), 0) / Math.max(1, weight),
  }));
  const sum = means.reduce((total, { us }) => total + us, 0);
  const answered = requests.map((request) => cutsOf(request));
  const answerUs = (cuts: readonly Cut[]) =>
    cuts.reduce((total, cut) => total + (cut.what === "answer" ? lengthOf(cut) : 0), 0);
  const meanAnswerUs =
    answered.reduce((total, cuts, index) => total + answerUs(cuts) * weightOf(requests[index]), 0) /
    Math.max(1, weight);
  // each request gets its part in proportion to its length
  const share = meanAnswerUs > 0 ? Math.min(1, sum / meanAnswerUs) : 0;
  return requests.map((request, index) => {
    const cuts = answered[index] as Cut[];
    const us = answerUs(cuts);
    return {
      request,
      // when the calls were is not known: as if they came first
      own: cuts.flatMap(({ what, fromUs, toUs }) =>
        what === "answer" ? [{ fromUs: fromUs + (toUs - fromUs) * share, toUs }] : [],
      ),
      amounts: [
        ...cuts.flatMap((cut) => (cut.what === "answer" ? [] : [amountOf(cut, cut.what)])),
        ...means.map(
          (mean): Amount => ({
            part: "dependency",
            of: mean.name,
            us: sum > 0 ? (us * share * mean.us) / sum : 0,
          }),
        ),
      ],
    };
  });
}

/** The cuts of a call, as far as it was waited for. */
function callPieces(call: SeenExchange, piece: Interval): Cut[] {
  return cutsOf(call)
    .map((cut) => ({ ...cut, fromUs: Math.max(cut.fromUs, piece.fromUs), toUs: Math.min(cut.toUs, piece.toUs) }))
    .filter(({ fromUs, toUs }) => toUs > fromUs);
}

/** While a call waits for more of its request, or for its answer to be taken, its caller is at work. */
function isOfCaller({ leg }: Cut): boolean {
  return leg === "caller";
}

/** Ways and waits of a call are parts of their own, the answer's time is the dependency's. */
function callAmount(call: SeenExchange, cut: Cut): Amount {
  if (cut.what === "answer") return { part: "dependency", of: call.destination, us: lengthOf(cut) };
  return { part: cut.what, of: `to ${call.destination}`, us: lengthOf(cut) };
}

function amountOf(cut: Cut, part: Part): Amount {
  return { part, ...(cut.leg && { of: `${cut.leg}'s leg` }), us: lengthOf(cut) };
}

/** How the own time of a workload's requests is divided between two looks, and in the mean. */
type Division = {
  readonly looked: readonly Looked[];
  readonly shares: readonly OwnShares[];
  readonly mean: OwnShares;
};

function divisionsOf(entries: readonly Entry[], used: readonly UsedBy[]): ReadonlyMap<string, Division> {
  const byWorkload = Map.groupBy(entries, ({ request }) => request.destinationWorkload);
  return new Map(
    used.map(({ workload, looked }) => {
      const owned = (byWorkload.get(workload) ?? []).map(({ request, own }) => ({ own, weight: weightOf(request) }));
      const steps = stepsOf(looked, owned);
      const manner = mannerOf(steps);
      const shares = steps.map((step) => ownShares(step, manner));
      return [workload, { looked, shares, mean: meanOf(shares, (at) => steps[at]?.ownS ?? 0) }];
    }),
  );
}

function meanOf(shares: readonly OwnShares[], weight: (at: number) => number): OwnShares {
  const sum = shares.reduce((total, _, at) => total + weight(at), 0);
  const of = (name: keyof OwnShares) =>
    sum > 0 ? shares.reduce((total, one, at) => total + one[name] * weight(at), 0) / sum : 0;
  return {
    cpu: of("cpu"),
    runQueue: of("runQueue"),
    throttled: of("throttled"),
    storage: of("storage"),
    memory: of("memory"),
  };
}

const UNDIVIDED: Division = { looked: [], shares: [], mean: NO_SHARES };

/** Between looks as they say; before the first and after the last one as in the mean. */
function ownAmounts({ request, own }: Entry, divisions: ReadonlyMap<string, Division>): Amount[] {
  const { looked, shares, mean } = divisions.get(request.destinationWorkload) ?? UNDIVIDED;
  return own.flatMap((interval) => {
    const pieces = piecesOf(looked, interval);
    const restUs = lengthOf(interval) - pieces.reduce((sum, piece) => sum + lengthOf(piece), 0);
    return [
      ...dividedBy(mean, restUs),
      ...pieces.flatMap((piece) => dividedBy(shares[piece.at] as OwnShares, lengthOf(piece))),
    ];
  });
}

function dividedBy({ cpu, runQueue, throttled, storage, memory }: OwnShares, ownUs: number): Amount[] {
  return [
    { part: "own work: on CPU", us: ownUs * cpu },
    { part: "own: waiting for a CPU", of: "run queue", us: ownUs * runQueue },
    { part: "own: waiting for a CPU", of: "throttled", us: ownUs * throttled },
    { part: "own: storage", us: ownUs * storage },
    { part: "own: memory stall", us: ownUs * memory },
    { part: "own: unexplained", us: ownUs * (1 - cpu - runQueue - throttled - storage - memory) },
  ];
}

function add(entries: readonly Entry[], divisions: ReadonlyMap<string, Division>): Ledger {
  const sums = new Map<string, { part: Part; of?: string; us: number }>();
  for (const entry of entries) {
    for (const { us, ...name } of [...entry.amounts, ...ownAmounts(entry, divisions)]) {
      const key = `${name.part}\n${name.of ?? ""}`;
      const sum = sums.get(key) ?? { ...name, us: 0 };
      sum.us += us * weightOf(entry.request);
      sums.set(key, sum);
    }
  }
  const count = entries.reduce((sum, { request }) => sum + weightOf(request), 0);
  const meanUs =
    entries.reduce((sum, { request }) => sum + request.durationUs * weightOf(request), 0) / Math.max(1, count);
  const rows = [...sums.values()]
    .filter(({ us }) => us > 0.5)
    .sort((a, b) => PARTS.indexOf(a.part) - PARTS.indexOf(b.part) || b.us - a.us)
    .map(({ us, ...name }): LedgerRow => ({ ...name, ms: us / count / 1000, share: us / count / meanUs }));
  return { requests: count, meanMs: meanUs / 1000, rows };
}

function confidenceOf(of: {
  readonly isLinked: boolean;
  readonly meanConfidence: number;
  readonly isMissing: boolean;
  readonly hasCalls: boolean;
}): LedgerConfidence {
  if (!of.isLinked || (of.hasCalls && of.meanConfidence < 0.7)) return "low";
  return of.isMissing || (of.hasCalls && of.meanConfidence < 0.95) ? "medium" : "high";
}
