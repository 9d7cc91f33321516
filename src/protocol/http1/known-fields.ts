// The fields of the head before. Most callers repeat them on a connection, and what was found in them holds for the same text
// behind whichever request line.
import { allLines, type Found, makeFound, nothingFound, scanFields } from "./fields.ts";
import { compact } from "./lines.ts";
import type { FieldLines, Violation } from "./types.ts";

export type KnownFields = {
  /** "": none */
  text: string;
  readonly found: Found;
};

export function knownFields(): KnownFields {
  return { text: "", found: makeFound() };
}

/** As scanFields, into `known.found`. @param known read with the same `maxCount` */
export function scanKnown(
  known: KnownFields,
  bytes: Uint8Array,
  base: number,
  text: string,
  from: number,
  maxCount: number,
): Violation | undefined {
  const { found } = known;
  if (known.text !== "" && text.length - from === known.text.length && text.startsWith(known.text, from)) {
    repeat(found);
    return undefined;
  }
  known.text = "";
  nothingFound(found);
  const broken = scanFields(bytes, base, text, from, maxCount, found);
  if (!broken) known.text = text.slice(from);
  return broken;
}

function repeat(found: Found): void {
  // these are of the head as a whole
  found.opening = undefined;
  found.isOpeningAll = false;
  // joined once, so that whoever asks for them gets the same string each time
  if (found.lines === "" || found.tail === "") return;
  found.lines = compact(allLines(found));
  found.tail = "" as FieldLines;
}
