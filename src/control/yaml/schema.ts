// Checks a document against a JSON Schema and reports what is wrong, with the place. Three keywords are ours: a key with
// `notYet` is known, would change what happens, and is refused with its text; one with `ignored` is known and harmless,
// and a warning; one with `unsupported` is for whoever asked to judge: it is in the violations and not in the problems.
import Ajv, { type ErrorObject, type ValidateFunction } from "ajv";
import type { PlainValue, YamlDocument } from "./document.ts";
import { keyOf, type Path, type Problems } from "./problems.ts";
import { wording } from "./wording.ts";

export type Violation = {
  readonly path: Path;
  readonly keyword: string;
  /** of notYet, ignored and unsupported: their text */
  readonly text: string;
};

export type SchemaCheck = (document: YamlDocument, problems: Problems) => readonly Violation[];

export type SchemaOptions = {
  /** schemas that it refers to by their $id */
  readonly shared?: readonly object[];
  /** text where a number or a boolean is wanted becomes one, in place: what variables are filled in with is text */
  readonly castsTexts?: boolean;
};

/** Compiled when it is first used: that takes longer than to read a file. */
export function schemaCheck(schema: object, { shared = [], castsTexts = false }: SchemaOptions = {}): SchemaCheck {
  let compiled: ValidateFunction | undefined;
  return (document, problems) => {
    compiled ??= compile(schema, shared);
    const { value } = document;
    if (!compiled(value) && castsTexts && castTexts(value, compiled.errors ?? [])) compiled(value);
    const violations: Violation[] = [];
    for (const error of compiled.errors ?? []) {
      const path = pathOf(value, error.instancePath);
      if (document.damaged.some((above) => above.every((part, index) => part === path[index]))) continue;
      violations.push({ path, keyword: error.keyword, text: String(error.schema) });
      report(document, error, path, problems);
    }
    return violations;
  };
}

function compile(schema: object, shared: readonly object[]): ValidateFunction {
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: true, strictRequired: false, allowUnionTypes: true });
  for (const keyword of ["notYet", "ignored", "unsupported"]) {
    ajv.addKeyword({ keyword, schemaType: "string", validate: () => false });
  }
  for (const one of shared) ajv.addSchema(one);
  return ajv.compile(schema);
}

function report(document: YamlDocument, error: ErrorObject, path: Path, problems: Problems): void {
  const finding = error.keyword === "unsupported" ? undefined : wording(error, path);
  if (!finding) return;
  const { level, path: place, at, what, fix } = finding;
  problems[level](at === "key" ? document.placeOfKey(place) : document.placeOf(place), keyOf(place), what, fix);
}

function castTexts(root: PlainValue, errors: readonly ErrorObject[]): boolean {
  let hasCast = false;
  for (const { keyword, data, params, instancePath } of errors) {
    if (keyword !== "type" || typeof data !== "string") continue;
    const value = cast(data, [params.type].flat());
    if (value === undefined) continue;
    set(root, pathOf(root, instancePath), value);
    hasCast = true;
  }
  return hasCast;
}

function cast(text: string, types: readonly string[]): number | boolean | undefined {
  if (types.includes("boolean") && /^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
  if (types.includes("integer") && /^-?\d+$/.test(text)) return Number(text);
  if (types.includes("number") && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return undefined;
}

function set(root: PlainValue, path: Path, value: PlainValue): void {
  let parent = root as Record<string | number, PlainValue>;
  for (const part of path.slice(0, -1)) parent = parent[part] as Record<string | number, PlainValue>;
  const last = path.at(-1);
  if (last !== undefined) parent[last] = value;
}

/** ajv's pointer with list indices as numbers */
function pathOf(root: PlainValue, pointer: string): Path {
  const path: (string | number)[] = [];
  let value: PlainValue | undefined = root;
  for (const raw of pointer.split("/").slice(1)) {
    const part = raw.replaceAll("~1", "/").replaceAll("~0", "~");
    const isItem = Array.isArray(value);
    path.push(isItem ? Number(part) : part);
    value = (value as Record<string, PlainValue> | undefined)?.[part];
  }
  return path;
}
