// What a request was for the one who made it: a step that was done, a try at one, or a hop on the way to another page. Decided
// from the whole table: that a form came back is known by those that did not.
import { CONTENTS, MODES, visitField } from "../../../model/visit.ts";
import type { VisitTable } from "../../../model/visits.ts";
import { intentOf } from "../kind.ts";
import { eachVisit } from "./visitors.ts";

export type StepKind = "done" | "tried" | "hop";

const PAGE = CONTENTS.indexOf("page");
const NAVIGATE = MODES.indexOf("navigate");
/** what a script sends is no form */
const FETCH = MODES.indexOf("fetch");
/** Share of the posts of a form that lead elsewhere, from which on a page in answer is the form once more. */
const LEADS_ELSEWHERE = 0.3;

/** @returns says what a row is, by place, status and the bits of its visit */
export function stepKinds(table: VisitTable): (place: number, status: number, visit: number) => StepKind {
  const { places } = table.texts;
  const posts = new Uint32Array(places.length);
  const leaving = new Uint32Array(places.length);
  const writes = Uint8Array.from(places, ({ route }) => Number(intentOf(route) === "writes"));
  eachVisit(table, (chunk, row) => {
    const place = chunk.places[row] as number;
    if (!writes[place]) return;
    posts[place] = (posts[place] as number) + 1;
    if (isRedirect(chunk.statuses[row] as number)) leaving[place] = (leaving[place] as number) + 1;
  });
  return (place, status, visit) => {
    if (!writes[place]) return isRedirect(status) ? "hop" : "done";
    const isPage = status === 200 && visitField(visit, "content") === PAGE && visitField(visit, "mode") !== FETCH;
    return isPage && (leaving[place] as number) >= LEADS_ELSEWHERE * (posts[place] as number) ? "tried" : "done";
  };
}

export function isRedirect(status: number): boolean {
  return status >= 300 && status < 400 && status !== 304;
}

/** A page that was opened, and not what a script fetched. */
export function isOpened(visit: number): boolean {
  return visitField(visit, "mode") === NAVIGATE || visitField(visit, "content") === PAGE;
}
