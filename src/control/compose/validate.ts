// Checks a document against schema.json and reports what is wrong, with the place.
import Ajv, { type ErrorObject } from "ajv";
import type { ComposeDocument, PlainValue } from "./document.ts";
import { keyOf, type Path, type Problems } from "./problems.ts";
import schema from "./schema.json" with { type: "json" };
import { type Finding, wording } from "./wording.ts";

const ajv = new Ajv({ allErrors: true, verbose: true, strict: true, strictRequired: false, allowUnionTypes: true });
ajv.addKeyword({ keyword: "notYet", schemaType: "string", validate: () => false });
ajv.addKeyword({ keyword: "ignored", schemaType: "string", validate: () => false });
const validate = ajv.compile(schema);

/** What cannot be read any further: the whole file, or some of its services. */
export type Broken = { readonly isWhole: boolean; readonly services: ReadonlySet<string> };

/** Text where the schema wants a number or a boolean is converted in place, as Compose does with variables' values. */
export function validateDocument(document: ComposeDocument, problems: Problems): Broken {
  if (!validate(document.value) && castTexts(document.value, validate.errors ?? [])) validate(document.value);
  const services = new Set(
    document.damaged.flatMap(([top, name]) => (top === "services" && name ? [String(name)] : [])),
  );
  let isWhole = false;
  for (const error of validate.errors ?? []) {
    const path = pathOf(document.value, error.instancePath);
    if (document.damaged.some((above) => above.every((part, index) => part === path[index]))) continue;
    const finding = wording(error, path);
    if (finding) report(document, finding, problems);
    if (SHAPELY.has(error.keyword)) continue;
    const [top, service] = path;
    if (top === "services" && typeof service === "string") services.add(service);
    else if (top === "services" || top === undefined) isWhole = true;
  }
  return { isWhole, services };
}

/** what leaves the rest of a service readable */
const SHAPELY = new Set(["notYet", "ignored", "additionalProperties"]);

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

function report(document: ComposeDocument, finding: Finding, problems: Problems): void {
  const { level, path, at, what, fix } = finding;
  problems[level](at === "key" ? document.placeOfKey(path) : document.placeOf(path), keyOf(path), what, fix);
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
