// A YAML file as plain values that remember where they were written: merges and aliases resolved, variables filled in.
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  parseDocument,
} from "yaml";
import { keyOf, type Path, type Place, type Problems } from "./problems.ts";

export type PlainValue = string | number | boolean | null | PlainValue[] | { [key: string]: PlainValue };

/** What becomes of a text with variables. */
export type Filled = {
  readonly value: string;
  /** `offset` counts in the given text */
  readonly mistakes: readonly { readonly offset: number; readonly what: string; readonly fix: string }[];
  /** names without a value and without a default: they became nothing */
  readonly unset: readonly string[];
};
type Fill = (text: string) => Filled;

export type YamlDocument = {
  readonly value: PlainValue;
  /** where the value at `path` begins; for what is not there, its nearest parent */
  placeOf(path: Path): Place;
  /** where the key at `path` begins; for list items, the item */
  placeOfKey(path: Path): Place;
  /** values that could not be read and have been complained about: what follows from them is no mistake of its own */
  readonly damaged: readonly Path[];
};

// an alias may be used many times, a file that grows without bound from a few lines is a mistake or worse
const MAX_VALUES = 100_000;

type Context = {
  readonly document: Document.Parsed;
  readonly placeAt: PlaceAt;
  /** absent: the file has no variables, a $ is a $ */
  readonly fill: Fill | undefined;
  readonly problems: Problems;
  readonly values: Map<string, number>;
  readonly keys: Map<string, number>;
  readonly open: Set<Node>;
  readonly damaged: Path[];
  count: number;
};

/** Mistakes of YAML itself and of variables go to `problems`; with the former there is no document. */
export function readDocument(file: string, text: string, fill: Fill, problems: Problems): YamlDocument | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...OPTIONS, lineCounter: lines });
  const placeAt = places(file, lines);
  return isSound(document, placeAt, problems) ? plainDocument({ document, placeAt, fill, problems }) : undefined;
}

/**
 * All documents of a text, without those that are empty; undefined: it is no YAML.
 * @param before lines of the file that stand above the text
 */
export function readDocuments(
  file: string,
  text: string,
  problems: Problems,
  before = 0,
): readonly YamlDocument[] | undefined {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { ...OPTIONS, lineCounter: lines });
  const placeAt = places(file, lines, before);
  const documents = Array.isArray(parsed) ? parsed : [];
  const sound = documents.filter((document) => isSound(document, placeAt, problems));
  if (sound.length < documents.length) return undefined;
  return sound
    .filter(({ contents }) => contents && !(isScalar(contents) && contents.value === null))
    .map((document) => plainDocument({ document, placeAt, fill: undefined, problems }));
}

const OPTIONS = { prettyErrors: false, uniqueKeys: true } as const;

type PlaceAt = (offset: number) => Place;

function places(file: string, lines: LineCounter, before = 0): PlaceAt {
  return (offset) => {
    const { line, col } = lines.linePos(offset);
    return { file, line: before + Math.max(line, 1), column: Math.max(col, 1) };
  };
}

function isSound(document: Document.Parsed, placeAt: PlaceAt, problems: Problems): boolean {
  const broken = [...document.errors, ...document.warnings];
  for (const { code, message, pos } of broken) problems.error(placeAt(pos[0]), "YAML", ...yamlWording(code, message));
  return broken.length === 0;
}

function plainDocument(of: Pick<Context, "document" | "placeAt" | "fill" | "problems">): YamlDocument {
  const { document, placeAt } = of;
  const values = new Map<string, number>();
  const keys = new Map<string, number>();
  const context: Context = { ...of, values, keys, open: new Set(), damaged: [], count: 0 };
  const value = document.contents ? convert(context, document.contents, []) : null;
  const offsetOf = (table: ReadonlyMap<string, number>, path: Path): number => {
    for (let length = path.length; length > 0; length--) {
      const offset =
        (length === path.length ? table.get(pointer(path)) : undefined) ?? values.get(pointer(path.slice(0, length)));
      if (offset !== undefined) return offset;
    }
    return document.contents?.range?.[0] ?? 0;
  };
  return {
    value,
    placeOf: (path) => placeAt(offsetOf(values, path)),
    placeOfKey: (path) => placeAt(offsetOf(keys, path)),
    damaged: context.damaged,
  };
}

function convert(context: Context, node: Node, path: Path): PlainValue {
  const at = node.range?.[0] ?? 0;
  if (!context.values.has(pointer(path))) context.values.set(pointer(path), at);
  if (++context.count > MAX_VALUES)
    return refuse(context, at, path, "the file has too many values", "Use fewer aliases.");
  if (isAlias(node)) {
    const target = node.resolve(context.document);
    if (!target) return refuse(context, at, path, `the anchor &${node.source} does not exist`, "Define it above.");
    if (context.open.has(target)) return refuse(context, at, path, "an alias contains itself", "Remove it.");
    return convert(context, target, path);
  }
  if (isScalar(node)) return scalar(context, node, path);
  context.open.add(node);
  const value = isMap(node) ? mapping(context, node, path) : isSeq(node) ? sequence(context, node, path) : null;
  context.open.delete(node);
  return value;
}

function sequence(context: Context, node: Node, path: Path): PlainValue[] {
  if (!isSeq(node)) return [];
  return node.items.map((item, index) => (item ? convert(context, item as Node, [...path, index]) : null));
}

function mapping(context: Context, node: Node, path: Path): PlainValue {
  // no prototype: a key named __proto__ is a key
  const result: { [key: string]: PlainValue } = Object.create(null);
  if (!isMap(node)) return result;
  const merged: Node[] = [];
  for (const { key, value } of node.items) {
    const keyNode = key as Node;
    const name = isScalar(keyNode) ? String(keyNode.value ?? "") : "";
    const at = keyNode.range?.[0] ?? 0;
    if (!isScalar(keyNode)) {
      refuse(context, at, path, "a key must be text", "Write it as text, or quote it.");
    } else if (name === "<<" && keyNode.type === "PLAIN") {
      merged.push(value as Node);
    } else {
      context.keys.set(pointer([...path, name]), at);
      // a key without value has no node of its own: it stands where its key does
      if (!value) context.values.set(pointer([...path, name]), at);
      result[name] = value ? convert(context, value as Node, [...path, name]) : null;
    }
  }
  // own keys win over merged ones, earlier merged mappings over later ones (https://yaml.org/type/merge.html)
  for (const source of merged) mergeInto(context, result, source, path);
  return result;
}

function mergeInto(context: Context, result: { [key: string]: PlainValue }, source: Node, path: Path): void {
  const target = isAlias(source) ? source.resolve(context.document) : source;
  const at = source?.range?.[0] ?? 0;
  if (isSeq(target)) {
    for (const item of target.items) mergeInto(context, result, item as Node, path);
  } else if (!isMap(target)) {
    refuse(context, at, [...path, "<<"], "only mappings can be merged", "Merge an alias such as *defaults.");
  } else if (context.open.has(target)) {
    refuse(context, at, [...path, "<<"], "a mapping merges itself", "Remove it.");
  } else {
    context.open.add(target);
    const own = new Set(Object.keys(result));
    for (const { key, value } of target.items) {
      const name = isScalar(key) ? String(key.value ?? "") : "";
      if (name === "<<") mergeInto(context, result, value as Node, path);
      if (name === "<<" || own.has(name)) continue;
      context.keys.set(pointer([...path, name]), (key as Node).range?.[0] ?? 0);
      result[name] = value ? convert(context, value as Node, [...path, name]) : null;
    }
    context.open.delete(target);
  }
}

function scalar(context: Context, node: Node, path: Path): PlainValue {
  if (!isScalar(node)) return null;
  const { value } = node;
  if (typeof value !== "string") return typeof value === "bigint" ? String(value) : (value as number | boolean | null);
  if (!context.fill || !value.includes("$")) return value;
  const { value: filled, mistakes, unset } = context.fill(value);
  const start = node.range?.[0] ?? 0;
  // only in plain text does an offset in the value say where it is in the file
  const shift = (offset: number) => (node.type === "PLAIN" ? offset : node.type?.startsWith("QUOTE") ? offset + 1 : 0);
  if (mistakes.length > 0) context.damaged.push(path);
  for (const { offset, what, fix } of mistakes) {
    context.problems.error(context.placeAt(start + shift(offset)), keyOf(path), what, fix);
  }
  for (const name of new Set(unset)) {
    const fix = `Set it in the environment or in .env, or write \${${name}:-}.`;
    context.problems.warning(
      context.placeAt(start),
      keyOf(path),
      `the variable ${name} is not set and becomes nothing`,
      fix,
    );
  }
  return filled;
}

function refuse(context: Context, offset: number, path: Path, what: string, fix: string): null {
  context.damaged.push(path);
  context.problems.error(context.placeAt(offset), keyOf(path), what, fix);
  return null;
}

/** RFC 6901, as ajv names places */
export function pointer(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function yamlWording(code: string, message: string): [what: string, fix: string] {
  const what = message.slice(0, 1).toLowerCase() + message.slice(1).replace(/\.$/, "");
  switch (code) {
    case "DUPLICATE_KEY":
      return ["this key is there twice", "Keep one of the two."];
    case "TAB_AS_INDENT":
      return [what, "Indent with spaces."];
    case "MULTIPLE_DOCS":
      return ["a second document begins", "Put one project in a file; remove the ---."];
    case "TAG_RESOLVE_FAILED":
      return [what, "Remove the tag; files are not merged, so there is nothing to reset."];
    default:
      return [what, "Check the indentation and the quotes there."];
  }
}
