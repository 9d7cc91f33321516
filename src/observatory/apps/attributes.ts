// Attributes as an application tells them → a flat record, bounded, with secrets masked, and who it was for: nothing else is ever
// kept.
import { looksSecret } from "../../base/drawn.ts";
import { isTelling, MASK, redact } from "../../base/redact.ts";
import type { AnyValue, KeyValue } from "../../protocol/otlp/common.ts";

export type Attributes = Readonly<Record<string, string | number | boolean>>;

const MOST_ATTRIBUTES = 64;
const LONGEST_KEY = 128;
export const LONGEST_VALUE = 1_024;

export function readAttributes(attributes: readonly KeyValue[] | undefined): Attributes {
  const found: Record<string, string | number | boolean> = Object.create(null);
  for (const { key, value } of (attributes ?? []).slice(0, MOST_ATTRIBUTES)) {
    if (!key || !value) continue;
    const name = key.slice(0, LONGEST_KEY);
    found[name] =
      isTelling(name) || OF_A_PERSON.test(name) ? MASK : ADDRESS.test(name) ? masked(value) : readValue(value);
  }
  return { ...found };
}

/** whose request it was, and from where */
const OF_A_PERSON =
  /^(?:client\.address|http\.client_ip|net\.(?:sock\.)?peer\.(?:ip|addr)|enduser\..+|user\..+|url\.query)$/;
/** of what was asked for: told without its query, like the paths of the mesh's own */
const ADDRESS = /^(?:url\.(?:full|path|original)|http\.(?:url|target|request\.header\.referer))$/;

function masked(value: AnyValue): string {
  const [address = ""] = textOf(value).split(/[?#]/, 1);
  return address
    .split("/")
    .map((segment) => (looksSecret(segment) ? MASK : segment))
    .join("/");
}

function readValue(value: AnyValue): string | number | boolean {
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.intValue !== undefined) {
    const number = Number(value.intValue);
    return Number.isSafeInteger(number) ? number : String(value.intValue);
  }
  // JSON, as which they are kept, has no others
  if (value.doubleValue !== undefined)
    return Number.isFinite(value.doubleValue) ? value.doubleValue : String(value.doubleValue);
  return textOf(value);
}

/** Of a body or a value, as text; what is not text is told as JSON. */
export function textOf(value: AnyValue | undefined, longest = LONGEST_VALUE): string {
  if (value === undefined) return "";
  const text = value.stringValue ?? JSON.stringify(plain(value)) ?? "";
  // a secret that the end cuts in two is not recognised any more: what is looked at is longer than what is kept
  return redact(text.slice(0, 2 * longest)).slice(0, longest);
}

/** The text of an attribute, "" when it is none. */
export function stringAt(attributes: Attributes, name: string): string {
  const value = attributes[name];
  return value === undefined ? "" : String(value);
}

function plain(value: AnyValue): unknown {
  if (value.arrayValue) return (value.arrayValue.values ?? []).slice(0, MOST_ATTRIBUTES).map(plain);
  if (value.kvlistValue) {
    const entries = (value.kvlistValue.values ?? []).slice(0, MOST_ATTRIBUTES);
    return Object.fromEntries(
      entries.map(({ key, value }) => [key ?? "", isTelling(key ?? "") ? MASK : value && plain(value)]),
    );
  }
  if (value.bytesValue) return `${value.bytesValue.length} bytes`;
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? value.intValue?.toString() ?? null;
}
