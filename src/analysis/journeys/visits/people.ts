// Which visitors are people that can be told apart. Robots say so, or keep time like machines, or read pages without ever
// loading what the pages are made of.
import { BROWSERS, STRENGTHS, VISIT_FLAG, visitField } from "../../../model/visit.ts";
import type { VisitTable } from "../../../model/visits.ts";
import { eachVisit, type Numbered } from "./visitors.ts";

/** `weak`: known by address and program alone, which many may share. `parts`: nothing but parts of pages was asked for */
export const KINDS = ["person", "weak", "robot", "parts"] as const;
export type Kind = (typeof KINDS)[number];

const WEAK = STRENGTHS.indexOf("weak");
const CREDENTIAL = STRENGTHS.indexOf("credential");
const PROGRAM = BROWSERS.indexOf("program");
/** So many pauses must be there, and of their logarithm no more spread than this: people's is near 1. */
const PAUSES = 12;
const REGULAR = 0.3;
/** Pages without any part of a page, of who may be several. */
const BARE_PAGES = 8;

/** @returns by visitor, index into KINDS */
export function kindsOf(table: VisitTable, { of, count }: Numbered): Uint8Array {
  const pages = new Uint32Array(count);
  const strengths = new Uint8Array(count);
  const bits = new Uint32Array(count);
  const hasParts = new Uint8Array(count);
  const isProgram = new Uint8Array(count);
  const last = new Float64Array(count).fill(Number.NaN);
  const pauses = new Uint32Array(count);
  const sum = new Float64Array(count);
  const squares = new Float64Array(count);
  let anyParts = false;

  let at = 0;
  eachVisit(table, ({ visits, timesMs, places }, row) => {
    const who = of[at++] as number;
    const visit = visits[row] as number;
    bits[who] = (bits[who] as number) | visit;
    strengths[who] = Math.max(strengths[who] as number, visitField(visit, "strength"));
    if (visitField(visit, "browser") === PROGRAM) isProgram[who] = 1;
    if (table.texts.places[places[row] as number]?.route === "") {
      hasParts[who] = 1;
      anyParts = true;
      return;
    }
    pages[who] = (pages[who] as number) + 1;
    const atMs = timesMs[row] as number;
    const pause = Math.abs(atMs - (last[who] as number));
    last[who] = atMs;
    // what a page asks for by itself comes at once
    if (!(pause > 500)) return;
    const logarithm = Math.log(pause);
    pauses[who] = (pauses[who] as number) + 1;
    sum[who] = (sum[who] as number) + logarithm;
    squares[who] = (squares[who] as number) + logarithm * logarithm;
  });

  const isRegular = (who: number): boolean => {
    const number = pauses[who] as number;
    if (number < PAUSES) return false;
    const mean = (sum[who] as number) / number;
    return (squares[who] as number) / number - mean * mean < REGULAR ** 2;
  };
  /** Programs, and browsers that load nothing where others do. */
  const isBare = (who: number): boolean =>
    isProgram[who] === 1 || (anyParts && (strengths[who] !== WEAK || (pages[who] as number) >= BARE_PAGES));
  const kindOf = (who: number): Kind => {
    if (pages[who] === 0) return "parts";
    if ((bits[who] as number) & VISIT_FLAG.robot) return "robot";
    if (strengths[who] === CREDENTIAL) return "person";
    // whoever never sends a cookie back has a new key with each page
    const keepsNone = !((bits[who] as number) & VISIT_FLAG.cookies);
    if (!hasParts[who] && (isRegular(who) || (keepsNone && isBare(who)))) return "robot";
    return strengths[who] === WEAK ? "weak" : "person";
  };
  return Uint8Array.from({ length: count }, (_, who) => KINDS.indexOf(kindOf(who)));
}
