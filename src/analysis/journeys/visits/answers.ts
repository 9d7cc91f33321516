// The documents that answer questions about the journeys of the running mesh: those of files of events, and what was seen.
import type { Change } from "../../../model/change.ts";
import type { VisitTable } from "../../../model/visits.ts";
import type { JourneysAnswer } from "../discovery/types.ts";
import type { FunnelAnswer } from "../funnel/types.ts";
import type { LossAnswer } from "../why/types.ts";
import type { VisitLog } from "./log-of-visits.ts";

/** What the events of an answer are, and what they are not. */
export type Seen = {
  /** from when on there are visits; null: there are none */
  readonly since: string | null;
  /** `people` can be told apart; `weak` are known by address and program alone, and left out where there are people */
  readonly visitors: { readonly people: number; readonly weak: number; readonly robots: number };
  /** requests of those who do not want to be followed (Sec-GPC) */
  readonly optedOut: number;
  /** requests that were dropped before their time, because there were too many */
  readonly shed: number;
  /** pages that a cache served, named by the request that came from them */
  readonly inferred: number;
  /** a sentence for each thing that is missing */
  readonly notes: readonly string[];
};

/** A change of the mesh within the time of the answer, to be set beside the trend. */
export type MarkedChange = Omit<Change, "atUs"> & { readonly time: string };

/** The question about a service that a cause of a loss leads to, and its answer's first sentence. */
export type HandOver = {
  readonly service: string;
  readonly command: string;
  readonly verdict: string;
  /** the service that the answer names first as the cause, which may be one behind; null: none */
  readonly cause: string | null;
};

export type LiveJourneys = JourneysAnswer & {
  readonly seen: Seen;
  /** declared ones, by name */
  readonly declared: readonly { readonly name: string; readonly steps: readonly string[] }[];
};
export type LiveFunnel = FunnelAnswer & {
  /** of a declared journey; null: its steps were given, or found */
  readonly name: string | null;
  readonly seen: Seen;
  readonly changes: readonly MarkedChange[];
};
export type LiveLoss = LossAnswer & {
  readonly name: string | null;
  readonly seen: Seen;
  readonly changes: readonly MarkedChange[];
  readonly why: HandOver | null;
};

export function seenOf(table: VisitTable, { visitors, inferred, cacheable, isWeak }: VisitLog): Seen {
  const { sinceMs, shed, optedOut } = table;
  const notes = [
    ...(isWeak && visitors.weak > 0
      ? ["nobody shows a session or credential: visitors are told apart by address and program, and several may be one"]
      : []),
    ...(!isWeak && visitors.weak > 0
      ? [`${visitors.weak} visitors without session or credential are left out: several may be one`]
      : []),
    ...(visitors.robots > 0
      ? [`${visitors.robots} robots are left out (one that keeps no cookie counts with each page)`]
      : []),
    ...(optedOut > 0 ? [`${optedOut} requests of who does not want to be followed are not counted`] : []),
    ...(shed > 0 && sinceMs !== undefined
      ? [`there were too many: what was before ${iso(sinceMs)} is not there any more (${shed} requests)`]
      : []),
    ...(inferred > 0 ? [`${inferred} pages were not seen but named by what came from them: a cache served them`] : []),
    ...(cacheable.length > 0 ? [`caches may serve ${list(cacheable)}: more may have seen them than are counted`] : []),
  ];
  return { since: sinceMs === undefined ? null : iso(sinceMs), visitors, optedOut, shed, inferred, notes };
}

/** Of visitors who may be several, nothing is called significant. */
export function withoutSignificance(funnel: FunnelAnswer): FunnelAnswer {
  const { segments } = funnel;
  if (!segments) return funnel;
  return { ...funnel, segments: { ...segments, values: segments.values.map((one) => ({ ...one, differs: null })) } };
}

export function withoutFindings(loss: LossAnswer): LossAnswer {
  const { lost } = loss;
  return {
    ...loss,
    state: "undetermined",
    verdict: `${lost.visitors} of ${lost.entered} are lost; why cannot be told of visitors who are known by address and program alone`,
    lost: {
      ...lost,
      attributable: 0,
      interval: [0, 0],
      because: "undetermined",
      technicalAtMost: null,
      moreNeeded: null,
    },
    findings: [],
    segments: [],
  };
}

/** a place in a course of journeys is known no better, ms */
const WHEN_MS = 180_000;

/**
 * A version of whichever service may have broken what nobody sees, such as what pages say: when more are lost since one came, it is
 * not said that the reason is not technical, and where nothing explains it that it is more since then.
 */
export function besideDeployments(loss: LossAnswer, changes: readonly MarkedChange[]): LossAnswer {
  const { change, lost, assumptions } = loss;
  const isOpen = lost.because !== "finding" && loss.state !== "not-enough-data";
  if (!isOpen || !change || change.after <= change.before) return loss;
  const near = ({ time }: MarkedChange) => Math.abs(Date.parse(time) - Date.parse(change.at));
  const [came] = changes
    .filter((one) => one.kind === "deployment" && near(one) <= WHEN_MS)
    .sort((a, b) => near(a) - near(b));
  if (!came) return loss;
  const what = `${came.service} ${came.version}`.trim();
  return {
    ...loss,
    state: "undetermined",
    verdict: `${loss.verdict.split(/, not for a technical reason|; whether the reason/)[0]}; no failure, slowness or place explains it, but it is more since ${what} came: whether the reason is technical is undetermined`,
    lost: { ...lost, because: "undetermined", technicalAtMost: null },
    assumptions: [...assumptions, "a new version may break what pages say, which nobody reads"],
  };
}

function list(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
