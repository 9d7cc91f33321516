// Rows of CSV into a log: which column is what, by the header.
import { type LogBuilder, MOST_ATTRIBUTES } from "../../analysis/journeys/log-builder.ts";
import { csvReader } from "../../protocol/events/csv.ts";
import { Misread } from "../../protocol/events/misread.ts";
import { readTime } from "../../protocol/events/time.ts";
import type { Importer } from "./importer.ts";

/** First the name that the documentation has, then what others call it. */
const COLUMNS = {
  time: ["time", "timestamp", "time:timestamp", "datetime"],
  visitor: ["visitor", "visitor_id", "user", "user_id", "distinct_id", "case", "case_id", "case:concept:name"],
  event: ["event", "event_name", "activity", "concept:name"],
} as const;

type Header = {
  readonly time: number;
  readonly visitor: number;
  readonly event: number;
  /** by place of the attribute in the log: the column */
  readonly attributes: readonly number[];
  readonly size: number;
};

export function csvImporter(log: LogBuilder): Importer {
  let header: Header | undefined;
  const reader = csvReader((fields, line) => {
    if (header) addRow(log, header, fields, line);
    else header = readHeader(log, fields, line);
  });
  return {
    push: reader.push,
    end() {
      reader.end();
      if (!header) throw new Misread(1, "has no header");
    },
    isKept: () => true,
  };
}

function readHeader(log: LogBuilder, fields: readonly string[], line: number): Header {
  const names = fields.map((field) => field.trim());
  const small = names.map((name) => name.toLowerCase());
  const twice = small.find((name, at) => name !== "" && small.indexOf(name) !== at);
  if (twice !== undefined) throw new Misread(line, `has the column "${twice}" twice`);
  const column = (kind: keyof typeof COLUMNS): number => {
    const called = COLUMNS[kind].find((name) => small.includes(name));
    if (called === undefined) {
      throw new Misread(
        line,
        `has no column "${kind}"; it has ${names.map((name) => `"${name.slice(0, 40)}"`).join(", ")}`,
      );
    }
    return small.indexOf(called);
  };
  const own = { time: column("time"), visitor: column("visitor"), event: column("event") };
  const attributes: number[] = [];
  for (const [at, name] of names.entries()) {
    if (name === "" || Object.values(own).includes(at)) continue;
    const place = log.attribute(name);
    if (place < 0) throw new Misread(line, `has more than ${MOST_ATTRIBUTES} attributes`);
    attributes[place] = at;
  }
  return { ...own, attributes, size: fields.length };
}

function addRow(log: LogBuilder, header: Header, fields: readonly string[], line: number): void {
  if (fields.length !== header.size) {
    throw new Misread(line, `has ${fields.length} fields, and the header ${header.size}`);
  }
  const time = (fields[header.time] as string).trim();
  const timeMs = readTime(time);
  if (Number.isNaN(timeMs)) throw new Misread(line, `has the time "${time.slice(0, 40)}", which is none`);
  const visitor = (fields[header.visitor] as string).trim();
  const event = (fields[header.event] as string).trim();
  if (visitor === "") throw new Misread(line, "has no visitor");
  if (event === "") throw new Misread(line, "has no event");
  log.add(
    timeMs,
    visitor,
    event,
    header.attributes.map((column) => (fields[column] as string).trim()),
  );
}
