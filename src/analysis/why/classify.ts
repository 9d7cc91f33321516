// What kind of trouble a finding is, by what its service's time went to before and during it.
import type { Ledger, LedgerDocument, Part } from "../ledger/types.ts";
import type {
  Answer,
  ChangeLine,
  Class,
  Contrast,
  Evidence as Figure,
  Finding,
  LedgerChange,
  Trait,
} from "./answer.ts";
import { decisive, narrowed, where } from "./contrast/decisive.ts";
import type { Mix } from "./mix.ts";
import { amount, percent, SERIES_ONLY } from "./words.ts";

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
  readonly contrast?: Contrast;
  readonly mix?: Mix;
  /** of the series, s: since when is no more exact than that */
  readonly stepSeconds: number;
};

/** The answer with the first finding's ledger, the class that it speaks for, who of it it is, and what changed shortly before. */
export function withEvidence(answer: Answer, evidence: Evidence): Answer {
  const { before, during, contrast, mix } = evidence;
  const [first, ...rest] = answer.findings;
  if (!first) return answer;
  const { service } = first.subject;
  const rows = addedTo(before.all, during.all);
  const near = nearOf(first, evidence);
  const last = near.at(-1);
  const trait = decisive(contrast);
  const isMix = mix !== undefined && first.class === "service" && first.evidence[0]?.unit === "s";
  const found: Finding = {
    ...first,
    ...(isMix ? { class: "load" } : classOf(first, rows)),
    subject: { ...first.subject, ...narrowed(trait) },
    sentence: [
      first.sentence,
      ...(isMix ? [mixSays(mix)] : []),
      ...(contrast && trait ? [traitSays(contrast, trait)] : []),
      ...(last ? [`shortly before: ${last.service} ${last.text}`] : []),
    ].join("; "),
    evidence: [...first.evidence, ...(isMix ? [mixEvidence(mix)] : [])],
  };
  const [example] = contrast?.examples.bad ?? [];
  return {
    ...answer,
    verdict: trait && answer.state !== "unexplained" ? `${answer.verdict}, ${where(trait)}` : answer.verdict,
    findings: [found, ...rest],
    ledger: { service: found.subject.workload ?? service, rows },
    ...(contrast && { contrast }),
    changes: near,
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

function nearOf({ since }: Finding, { changes, stepSeconds }: Evidence): readonly ChangeLine[] {
  return changes.filter(({ time }) => {
    const laterS = (Date.parse(since) - Date.parse(time)) / 1000;
    return laterS <= SOON_S && laterS >= -stepSeconds;
  });
}

function traitSays({ bad }: Contrast, trait: Trait): string {
  const { covers, share, others, same = [], isCaused } = trait;
  const also = same.map(({ attribute, value }) => ` (the only one of ${attribute} ${value})`).join("");
  const drawn = isCaused ? ", and who was drawn was chance" : "";
  return `${percent(covers)} of what is unusually ${bad} is ${where(trait)}${also}: ${percent(share)} of those are ${bad}, ${percent(others)} of the others${drawn}`;
}

function mixEvidence({ route, before, during }: Mix): Figure {
  return {
    claim: `of all requests, those of ${route}`,
    metric: "mix",
    baseline: before,
    observed: during,
    unit: "share",
  };
}

function mixSays({ route, before, during, ms }: Mix): string {
  return `its requests are others: ${route}, which takes ${amount(ms / 1000, "latency")}, went from ${percent(before)} to ${percent(during)} of them`;
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
