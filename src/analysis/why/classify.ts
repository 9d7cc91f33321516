// What kind of trouble a finding is, by what its service's time went to before and during it.
import type { Ledger, LedgerDocument, Part } from "../ledger/types.ts";
import type { Answer, ChangeLine, Class, Finding, LedgerChange } from "./answer.ts";
import { SERIES_ONLY } from "./words.ts";

/** Of what was added, a part must be so much to give its name to the finding. */
const DECIDES = 0.5;

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

/** a change so many seconds before the trouble or a step after its first sign may have to do with it */
const SOON_S = 120;

export type Evidence = {
  readonly before: LedgerDocument;
  readonly during: LedgerDocument;
  readonly changes: readonly ChangeLine[];
  /** of the series, s: since when is no more exact than that */
  readonly stepSeconds: number;
};

/** The answer with the first finding's ledger, the class that it speaks for, and what changed shortly before. */
export function withEvidence(answer: Answer, { before, during, changes, stepSeconds }: Evidence): Answer {
  const [first, ...rest] = answer.findings;
  if (!first) return answer;
  const rows = addedTo(before.all, during.all);
  const near = changes.filter(({ time }) => {
    const laterS = (Date.parse(first.since) - Date.parse(time)) / 1000;
    return laterS <= SOON_S && laterS >= -stepSeconds;
  });
  return {
    ...answer,
    findings: [
      { ...first, ...classOf(first, rows), ...(near.length > 0 && { sentence: alsoSays(first, near) }) },
      ...rest,
    ],
    ledger: { service: first.subject.service, rows },
    changes: near,
    assumptions: answer.assumptions.map((one) => (one === SERIES_ONLY ? FOUND_AND_CLASSED : one)),
    next: [
      ...answer.next,
      { say: "where its time goes now", command: `meshwise ledger ${first.subject.service}` },
      { say: "slow requests, step by step", command: `meshwise trace --of ${first.subject.service} --slow` },
    ],
    coverage: {
      missing: [
        ...answer.coverage.missing,
        ...during.missing.map(({ signal, enable }) => `${signal}: needs ${enable}`),
      ],
    },
  };
}

/** What became more, most first. */
function addedTo(before: Ledger, during: Ledger): LedgerChange[] {
  if (before.requests === 0 || during.requests === 0) return [];
  const nameOf = ({ part, of }: Ledger["rows"][number]) => `${part} ${of ?? ""}`;
  const usual = new Map(before.rows.map((row) => [nameOf(row), row.ms]));
  const now = new Set(during.rows.map(nameOf));
  return [
    ...during.rows.map((row) => ({ ...named(row), beforeMs: usual.get(nameOf(row)) ?? 0, duringMs: row.ms })),
    ...before.rows
      .filter((row) => !now.has(nameOf(row)))
      .map((row) => ({ ...named(row), beforeMs: row.ms, duringMs: 0 })),
  ].sort((a, b) => b.duringMs - b.beforeMs - (a.duringMs - a.beforeMs));
}

function named({ part, of }: Ledger["rows"][number]): Pick<LedgerChange, "part" | "of"> {
  return { part, ...(of !== undefined && { of }) };
}

/** Load is told by the requests; a part of the ledger otherwise, if one part is most of what was added. */
function classOf(finding: Finding, rows: readonly LedgerChange[]): Pick<Finding, "class"> {
  const [most] = rows;
  const added = rows.reduce((sum, { beforeMs, duringMs }) => sum + Math.max(0, duringMs - beforeMs), 0);
  if (finding.class !== "service" || finding.evidence[0]?.unit !== "s" || !most || added <= 0) return finding;
  return most.duringMs - most.beforeMs >= DECIDES * added ? { class: CLASSES[most.part] } : finding;
}

function alsoSays({ sentence }: Finding, near: readonly ChangeLine[]): string {
  const [last] = near.slice(-1);
  return last ? `${sentence}; shortly before: ${last.service} ${last.text}` : sentence;
}
