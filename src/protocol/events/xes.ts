// Event logs in XES (IEEE 1849): a trace is a visitor, its events have a name, a time, and attributes.
import { Misread } from "./misread.ts";
import { readTime } from "./time.ts";
import { type XmlReader, xmlReader } from "./xml.ts";

export type XesEvent = {
  readonly timeMs: number;
  readonly trace: string;
  readonly name: string;
  /** lifecycle:transition in small letters; "" when there is none */
  readonly transition: string;
  /** of the event; of its trace with `case:` before the key */
  readonly attributes: ReadonlyMap<string, string>;
};

const VALUES = new Set(["string", "date", "int", "float", "boolean", "id"]);
const OWN_KEYS = new Set(["concept:name", "time:timestamp", "lifecycle:transition"]);

/** Throws Misread. A trace without a name gets its number. */
export function xesReader(onEvent: (event: XesEvent, line: number) => void): XmlReader {
  let depth = 0;
  let traces = 0;
  let trace: Map<string, string> | undefined;
  let event: Map<string, string> | undefined;
  let ownDepth = 0;
  let eventLine = 0;

  return xmlReader({
    open(name, attributes, line) {
      depth++;
      if (depth === 1 && name !== "log") throw new Misread(line, `begins with <${name}>, and XES with <log>`);
      if (name === "trace" && depth === 2) {
        trace = new Map();
        traces++;
        ownDepth = depth + 1;
      } else if (name === "event" && trace && depth === 3) {
        event = new Map();
        ownDepth = depth + 1;
        eventLine = line;
      } else if (VALUES.has(name) && trace && depth === ownDepth) {
        // Deeper ones are attributes of attributes.
        const key = attributes.get("key");
        if (key !== undefined) (event ?? trace).set(key, attributes.get("value") ?? "");
      }
    },
    close(name) {
      if (name === "event" && depth === 3 && event && trace) {
        onEvent(eventOf(event, trace, traces, eventLine), eventLine);
        event = undefined;
        ownDepth = depth;
      } else if (name === "trace" && depth === 2) trace = undefined;
      depth--;
    },
  });
}

function eventOf(
  event: ReadonlyMap<string, string>,
  trace: ReadonlyMap<string, string>,
  number: number,
  line: number,
): XesEvent {
  const name = event.get("concept:name");
  const time = event.get("time:timestamp");
  if (name === undefined) throw new Misread(line, "has an event without concept:name");
  if (time === undefined) throw new Misread(line, "has an event without time:timestamp");
  const timeMs = readTime(time);
  if (Number.isNaN(timeMs)) throw new Misread(line, `has the time "${time.slice(0, 40)}", which is none`);
  const attributes = new Map<string, string>();
  for (const [key, value] of event) if (!OWN_KEYS.has(key)) attributes.set(key, value);
  for (const [key, value] of trace) if (key !== "concept:name") attributes.set(`case:${key}`, value);
  const transition = (event.get("lifecycle:transition") ?? "").toLowerCase();
  return { timeMs, trace: trace.get("concept:name") ?? `trace ${number}`, name, transition, attributes };
}
