// An answer for people: the sentence, the suspects, where the time went, what it rests on, what to do next.
import type { Answer, Contrast, Evidence, Finding, LedgerChange, Trait } from "../../analysis/why/answer.ts";
import { tint } from "../output/colour.ts";
import { latency } from "../output/format.ts";
import { type Column, type TableStyle, table } from "../output/table.ts";

const SHOWN = 3;

const FINDINGS: readonly Column<Finding>[] = [
  { title: "RANK", align: "right", cell: ({ rank }) => String(rank) },
  {
    title: "WHO",
    cell: ({ subject }) => [subject.workload ?? subject.service, subject.version].filter(Boolean).join(" "),
  },
  { title: "CLASS", cell: (row) => row.class },
  { title: "EXPLAINS", align: "right", cell: ({ explained }) => `${(100 * explained).toFixed(0)} %` },
  { title: "SINCE", cell: ({ since }) => since.replace(/\.\d+Z$/, "Z") },
  { title: "PATH", cell: ({ path }) => path.join(" → ") },
];

const EVIDENCE: readonly Column<Evidence>[] = [
  { title: "EVIDENCE", cell: ({ claim }) => claim },
  { title: "USUAL", align: "right", cell: (row) => inUnit(row, row.baseline) },
  { title: "NOW", align: "right", cell: (row) => inUnit(row, row.observed) },
];

const LEDGER: readonly Column<LedgerChange>[] = [
  { title: "PART", cell: ({ part, of }) => (of === undefined ? part : `${part} ${of}`) },
  { title: "BEFORE", align: "right", cell: ({ beforeMs }) => latency(beforeMs) },
  { title: "DURING", align: "right", cell: ({ duringMs }) => latency(duringMs) },
];

const contrastColumns = ({ bad }: Contrast): readonly Column<Trait>[] => [
  { title: "REQUESTS WITH", cell: ({ attribute }) => attribute },
  { title: "VALUE", cell: valueIn },
  { title: "NUMBER", align: "right", cell: ({ requests }) => String(requests) },
  { title: bad.toUpperCase(), align: "right", cell: (row) => percent(row.share) },
  { title: "BEFORE", align: "right", cell: ({ before }) => (before === undefined ? "–" : percent(before)) },
  { title: "OTHERS", align: "right", cell: ({ others }) => percent(others) },
  { title: "COVERS", align: "right", cell: ({ covers }) => percent(covers) },
  { title: "IS", cell: ({ isCaused }) => (isCaused ? "the cause" : "associated") },
];

export function whyLines(answer: Answer, style: TableStyle): string[] {
  const { findings, ledger, contrast, changes, impact } = answer;
  const few = style.wide ? undefined : SHOWN;
  const [first] = findings;
  const quiet = (text: string) => tint(text, "quiet", style.colour);
  return [
    tint(answer.verdict, "strong", style.colour),
    `${answer.state}, confidence ${answer.confidence}`,
    ...(impact ? [feltBy(impact)] : []),
    ...(first ? ["", first.sentence, "", ...table(FINDINGS, findings.slice(0, few), style)] : []),
    ...(first ? ["", ...table(EVIDENCE, first.evidence, style)] : []),
    ...(ledger && ledger.rows.length > 0
      ? ["", `A mean request of ${ledger.service}`, ...table(LEDGER, ledger.rows.slice(0, 2 * SHOWN), style)]
      : []),
    ...(contrast && contrast.traits.length > 0
      ? [
          "",
          `${percent(contrast.share)} of the requests of ${contrast.service} are ${contrast.bad}, ${percent(contrast.before)} were before`,
          ...table(contrastColumns(contrast), contrast.traits.slice(0, few), style),
        ]
      : []),
    ...(changes && changes.length > 0
      ? ["", ...changes.map(({ time, service, text }) => `changed: ${time} ${service} ${text}`)]
      : []),
    "",
    ...answer.ruledOut.map((one) => `not ${one.class}: ${one.because}`),
    ...answer.next.map(({ say, command }) => `next: ${say}${command === undefined ? "" : `: ${command}`}`),
    ...answer.coverage.missing.slice(0, few).map((what) => quiet(`missing: ${what}`)),
    ...(first || style.wide ? answer.assumptions.map((what) => quiet(`assumes: ${what}`)) : []),
  ];
}

function feltBy({ requests, visitors, among }: NonNullable<Answer["impact"]>): string {
  return `felt by ${visitors} of ${among.visitors} visitors, in ${requests} of their ${among.requests} requests`;
}

/** With what cannot be told from it, because the same requests have it. */
function valueIn({ value, same = [] }: Trait): string {
  return [value, ...same.map((one) => `${one.attribute} ${one.value}`)].join(", ");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

function inUnit({ unit }: Evidence, value: number): string {
  if (unit === "s") return latency(1000 * value);
  return unit === "share" ? `${(100 * value).toFixed(2)} %` : String(Number(value.toPrecision(3)));
}
