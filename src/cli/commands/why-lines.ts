// An answer for people: the sentence, the suspects, what it rests on.
import type { Answer, Finding } from "../../analysis/why/answer.ts";
import { tint } from "../output/colour.ts";
import { type Column, type TableStyle, table } from "../output/table.ts";

const SHOWN = 3;

const FINDINGS: readonly Column<Finding>[] = [
  { title: "RANK", align: "right", cell: ({ rank }) => String(rank) },
  { title: "SERVICE", cell: ({ subject }) => subject.service },
  { title: "CLASS", cell: (row) => row.class },
  { title: "EXPLAINS", align: "right", cell: ({ explained }) => `${(100 * explained).toFixed(0)} %` },
  { title: "SINCE", cell: ({ since }) => since },
  { title: "WHAT", cell: ({ sentence }) => sentence },
];

export function whyLines(answer: Answer, style: TableStyle): string[] {
  const findings = answer.findings.slice(0, style.wide ? undefined : SHOWN);
  return [
    tint(answer.verdict, "strong", style.colour),
    `${answer.state}, confidence ${answer.confidence}`,
    ...(findings.length > 0 ? ["", ...table(FINDINGS, findings, style)] : []),
    "",
    ...answer.ruledOut.map((one) => `not ${one.class}: ${one.because}`),
    ...answer.coverage.missing.slice(0, SHOWN).map((what) => `missing: ${what}`),
    ...answer.assumptions.map((what) => `assumes: ${what}`),
    ...answer.next.map(({ say }) => `next: ${say}`),
  ];
}
