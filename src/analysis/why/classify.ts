// What kind of trouble a finding is, by what its service's time went to before and during it.
import type { LedgerDocument, Part } from "../ledger/types.ts";
import { addedTo } from "./added.ts";
import type { Answer, ChangeLine, Class, Contrast, Finding, LedgerChange } from "./answer.ts";
import type { Behind } from "./behind.ts";
import { decisive, narrowed, where } from "./contrast/decisive.ts";
import type { Grown } from "./grown.ts";
import type { Handshakes } from "./handshakes.ts";
import type { Lost } from "./lost.ts";
import type { Mix } from "./mix.ts";
import type { Pressure } from "./pressure.ts";
import { ruledOutBeside } from "./ruled-out.ts";
import {
  grownEvidence,
  handshakesEvidence,
  lostEvidence,
  lostSays,
  mixEvidence,
  mixSays,
  pressureEvidence,
  textOf,
  traitSays,
} from "./told.ts";
import { percent, SERIES_ONLY } from "./words.ts";

/** Of what was added, a part must be so much to give its name to the finding. */
const DECIDES = 0.5;
/** a part that was seen, before what nothing explains */
const EVIDENCED = 1 / 3;

const CLASSES: Readonly<Record<Part, Class>> = {
  "waiting for a connection": "saturation",
  connecting: "network",
  TLS: "network",
  network: "network",
  "own work: on CPU": "compute",
  "own: waiting for a CPU": "compute",
  "own: storage": "storage",
  "own: memory stall": "memory",
  "own: unexplained": "unexplained",
  dependency: "dependency",
  retries: "dependency",
  proxy: "mesh",
};

const FOUND_AND_CLASSED =
  "the suspect is found by services, edges and series alone; its ledger says what kind of trouble it is";

export type Evidence = {
  readonly before: LedgerDocument;
  readonly during: LedgerDocument;
  /** of the suspect, shortly before it began */
  readonly changes: readonly ChangeLine[];
  readonly contrast?: Contrast;
  readonly mix?: Mix;
  /** it is asked one thing more, and hardly anything else */
  readonly grown?: Grown;
  /** whoever gave up may have asked again, so that more requests are no load */
  readonly isAskedAgain?: boolean;
  /** that did it */
  readonly change?: Behind;
  /** what those that failed say of their kind */
  readonly failures?: Class;
  /** a workload of it stood still by itself */
  readonly pressure?: Pressure;
  /** packets are lost on the way to it */
  readonly handshakes?: Handshakes;
  /** and so are some of one of its workloads */
  readonly lost?: Lost;
  /** the only workload that was asked */
  readonly workload?: string;
};

export function rowsOf({ before, during }: Evidence): LedgerChange[] {
  return addedTo(before.all, during.all);
}

/** The answer with the first finding's ledger, the class that it speaks for, who of it it is, and what changed shortly before. */
export function withEvidence(answer: Answer, evidence: Evidence): Answer {
  const { during, contrast, mix, grown, changes, change, pressure, handshakes, lost } = evidence;
  const [first, ...rest] = answer.findings;
  if (!first) return answer;
  const { service } = first.subject;
  const rows = rowsOf(evidence);
  const last = changes.at(-1);
  const trait = decisive(contrast);
  const kind = classOf(first, rows, evidence);
  const isMix = mix !== undefined && kind === "load" && first.class !== "load";
  const isLost = lost !== undefined && kind === "network";
  const workload = pressure?.workload ?? (isLost ? lost.workload : undefined) ?? evidence.workload;
  const version = change?.change.version || endedVersion(changes);
  const more = kind === "load" ? grown : undefined;
  const route = more?.route ?? (isMix ? mix.route : undefined);
  const found: Finding = {
    ...first,
    class: kind,
    subject: {
      ...first.subject,
      ...(workload && { workload }),
      ...(version && { version }),
      ...(route && { route }),
      ...narrowed(trait),
    },
    sentence: [
      first.sentence,
      ...(isMix ? [mixSays(mix)] : []),
      ...(more ? [`${percent(more.covers)} of what it is asked more is ${more.route}`] : []),
      ...(pressure
        ? [`${pressure.workload} stands still for ${pressure.of} ${percent(pressure.during)} of the time`]
        : []),
      ...(handshakes ? [`${percent(handshakes.during)} of its new connections lost a packet of their handshake`] : []),
      ...(isLost ? [lostSays(lost)] : []),
      ...(contrast && trait ? [traitSays(contrast, trait)] : []),
      ...(change ? [`since then and by it: ${textOf(change.change)}`] : []),
      ...(last && last !== change?.change ? [`shortly before: ${textOf(last)}`] : []),
    ].join("; "),
    evidence: [
      ...first.evidence,
      ...(isMix ? [mixEvidence(mix)] : []),
      ...(more ? [grownEvidence(more)] : []),
      ...(pressure ? [pressureEvidence(pressure)] : []),
      ...(handshakes ? [handshakesEvidence(handshakes)] : []),
      ...(isLost ? [lostEvidence(lost)] : []),
    ],
  };
  const [example] = contrast?.examples.bad ?? [];
  return {
    ...answer,
    verdict: trait && answer.state !== "unexplained" ? `${answer.verdict}, ${where(trait)}` : answer.verdict,
    findings: [found, ...rest],
    ledger: { service: found.subject.workload ?? service, rows },
    ruledOut: [
      ...answer.ruledOut,
      ...ruledOutBeside(kind, service, { rows: isTime(first) ? rows : [], during, changes }),
    ],
    ...(contrast && { contrast }),
    changes,
    assumptions: answer.assumptions.map((one) => (one === SERIES_ONLY ? FOUND_AND_CLASSED : one)),
    next: [
      ...answer.next,
      ...(example ? [{ say: "its worst request, step by step", command: `meshwise trace ${example}` }] : []),
      { say: "where its time goes now", command: `meshwise ledger ${service}` },
      { say: "slow requests", command: `meshwise trace --of ${service} --slow` },
    ],
    coverage: {
      missing: [
        ...answer.coverage.missing,
        ...during.missing.map(({ signal, enable }) => `${signal}: needs ${enable}`),
      ],
    },
  };
}

/** The version that the kernel ended for want of memory, when it came shortly before. */
function endedVersion(changes: readonly ChangeLine[]): string | undefined {
  const ended = changes.find(({ kind }) => kind === "oom");
  const isOf = ({ kind, service, version }: ChangeLine) =>
    kind === "deployment" && service === ended?.service && version === ended.version;
  return changes.some(isOf) ? ended?.version : undefined;
}

/** What is most certain first: an end by the kernel, a change that shows, larger or other requests, failures of one kind; then the ledger. */
function classOf(
  finding: Finding,
  rows: readonly LedgerChange[],
  { changes, change, mix, failures, contrast, pressure, handshakes, lost, isAskedAgain }: Evidence,
): Class {
  const seen = isTime(finding) ? (mix ? "load" : classOfPart(rows)) : failures;
  // to wait for a packet that was lost looks like nothing else; and whoever gives up and asks again looks like more requests
  const isLost = lost !== undefined && (seen === undefined || seen === "unexplained");
  if (changes.some(({ kind }) => kind === "oom")) return "memory";
  if (change) return change.class;
  if (isLost && !pressure) return "network";
  const isNoLoad = isAskedAgain || pressure?.isCutDown;
  const told = finding.class === "load" && isNoLoad ? "service" : finding.class;
  if (told !== "service") return told;
  if (pressure) return pressure.class;
  if (handshakes) return "network";
  if (decisive(contrast)?.attribute === "request size") return "client";
  return seen ?? told;
}

/** It is about latency: of failures a ledger says nothing. */
function isTime({ evidence: [first] }: Finding): boolean {
  return first?.unit === "s";
}

/** Of the part that is most of what was added. What has no evidence may be more of the same, of which less was seen. */
function classOfPart(rows: readonly LedgerChange[]): Class | undefined {
  const of = ({ beforeMs, duringMs }: LedgerChange) => Math.max(0, duringMs - beforeMs);
  const added = rows.reduce((sum, row) => sum + of(row), 0);
  const seen = rows.find(({ part }) => part !== "own: unexplained");
  if (seen && of(seen) > EVIDENCED * added) return CLASSES[seen.part];
  const [most] = rows;
  return most && of(most) > DECIDES * added ? CLASSES[most.part] : undefined;
}
