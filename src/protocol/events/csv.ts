// CSV (RFC 4180) as it comes: quotes, line ends of all kinds, and what a spreadsheet of any country puts between fields.
import { Misread } from "./misread.ts";

/** `line` is where the row begins, from 1. The row is used again for the next one. */
export type OnRow = (fields: readonly string[], line: number) => void;

export type CsvReader = { push(text: string): void; end(): void };

/** A field that is longer is a quote that was never closed. UTF-16 units */
const LONGEST = 1_000_000;
const SEPARATORS = [",", ";", "\t", "|"];

/** The separator is the one of these that the first line has most often outside of quotes. */
export function csvReader(onRow: OnRow): CsvReader {
  let separator: string | undefined;
  let text = "";
  let line = 1;
  let isFirst = true;

  return {
    push(more) {
      text = isFirst ? more.replace(/^\uFEFF/, "") : text + more;
      if (more !== "") isFirst = false;
      rows(false);
      if (text.length > LONGEST) throw new Misread(line, "has a field without end; a quote is not closed, it seems");
    },
    end() {
      if (text !== "") rows(true);
    },
  };

  /** Takes all whole rows off the text. */
  function rows(isLast: boolean): void {
    let at = 0;
    separator ??= separatorOf(text, isLast);
    if (separator === undefined) return;
    for (;;) {
      const end = row(at, isLast, separator);
      if (end < 0) break;
      at = end;
      if (at >= text.length) break;
    }
    text = text.slice(at);
  }

  /** @returns where the next row begins; -1 when this one is not whole */
  function row(from: number, isLast: boolean, between: string): number {
    const fields: string[] = [];
    const first = line;
    let lines = 0;
    let at = from;
    for (;;) {
      if (text[at] === '"') {
        const closing = closingQuote(at + 1);
        if (closing < 0) {
          if (isLast) throw new Misread(first, "has a quote that is not closed");
          return -1;
        }
        const quoted = text.slice(at + 1, closing);
        for (let place = quoted.indexOf("\n"); place >= 0; place = quoted.indexOf("\n", place + 1)) lines++;
        fields.push(quoted.replaceAll('""', '"'));
        at = closing + 1;
      } else {
        const begin = at;
        while (at < text.length && text[at] !== between && text[at] !== "\n" && text[at] !== "\r") at++;
        fields.push(text.slice(begin, at));
      }
      const sign = text[at];
      if (sign === undefined && !isLast) return -1;
      if (sign === between) {
        at++;
        continue;
      }
      if (sign !== undefined && sign !== "\n" && sign !== "\r") throw new Misread(first, `has "${sign}" after a quote`);
      // Whether a line feed follows is not known yet.
      if (sign === "\r" && at + 1 === text.length && !isLast) return -1;
      line += lines + 1;
      if (fields.length > 1 || fields[0] !== "") onRow(fields, first);
      return at + (sign === "\r" && text[at + 1] === "\n" ? 2 : 1);
    }
  }

  function closingQuote(from: number): number {
    for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) {
      if (text[at + 1] !== '"') return at;
    }
    return -1;
  }
}

function separatorOf(text: string, isLast: boolean): string | undefined {
  const end = text.search(/[\r\n]/);
  if (end < 0 && !isLast) return undefined;
  const header = (end < 0 ? text : text.slice(0, end)).replaceAll(/"[^"]*"/g, "");
  const counts = SEPARATORS.map((sign) => header.split(sign).length);
  return SEPARATORS[counts.indexOf(Math.max(...counts))];
}
