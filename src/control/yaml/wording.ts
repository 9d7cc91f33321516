// What a violation of schema.json means, in words for a person.
import type { ErrorObject } from "ajv";
import type { Path } from "./problems.ts";
import { nearest } from "./suggest.ts";

export type Finding = {
  readonly level: "error" | "warning";
  readonly path: Path;
  /** point at the key, or at its value */
  readonly at: "key" | "value";
  readonly what: string;
  readonly fix: string;
};

/** @returns undefined when another violation says the same better */
export function wording(error: ErrorObject, path: Path): Finding | undefined {
  const { keyword, params, parentSchema, data } = error;
  const title: unknown = parentSchema?.title;
  const wanted = typeof title === "string" ? `Write ${title}.` : undefined;
  const key = (what: string, fix: string, at = path): Finding => ({ level: "error", path: at, at: "key", what, fix });
  const value = (what: string, fix: string): Finding => ({ level: "error", path, at: "value", what, fix });
  switch (keyword) {
    case "notYet":
      return key("not supported yet", String(error.schema));
    case "ignored":
      return { ...key("has no effect", String(error.schema)), level: "warning" };
    case "additionalProperties": {
      const unknown = String(params.additionalProperty);
      const meant = nearest(unknown, Object.keys((parentSchema?.properties as object | undefined) ?? {}));
      const takesOwn = Object.keys(parentSchema?.patternProperties ?? {}).some((pattern) => pattern.startsWith("^x-"));
      const remove = takesOwn ? "Remove it, or let its name begin with x-." : "Remove it.";
      const fix = meant ? `Did you mean "${meant}"?` : remove;
      return key("unknown key", fix, [...path, unknown]);
    }
    case "type": {
      const types = [params.type].flat() as string[];
      return value(`must be ${typeNames(types)}, not ${typeOf(data)}`, wanted ?? typeFix(types));
    }
    case "enum": {
      const allowed = (params.allowedValues as unknown[]).filter((item) => typeof item === "string");
      const meant = typeof data === "string" ? nearest(data, allowed) : undefined;
      const fix = meant ? `Did you mean "${meant}"?` : `Write ${allowed.join(" or ")}.`;
      return value(`${show(data)} is not ${allowed.length > 1 ? "one of " : ""}${allowed.join(", ")}`, fix);
    }
    case "pattern":
    case "maxLength":
      if (error.propertyName === undefined) return value(`${show(data)} is not allowed here`, wanted ?? "Change it.");
      return key("not a possible name", wanted ?? "Change it.", [...path, error.propertyName]);
    case "required":
      return key(`${params.missingProperty} is missing`, `Add ${params.missingProperty}.`);
    case "minimum":
      return value(`must be at least ${params.limit}, not ${show(data)}`, "Write a larger number.");
    case "maximum":
      return value(`must be at most ${params.limit}, not ${show(data)}`, "Write a smaller number.");
    case "minItems":
    case "minLength":
      return value("is empty", keyword === "minItems" ? "Add at least one item." : (wanted ?? "Write something."));
    case "maxItems":
      return value(`has more than ${params.limit} item${params.limit === 1 ? "" : "s"}`, "Write fewer.");
    case "minProperties":
      return key("is empty", "Add at least one service.");
    case "propertyNames":
      return undefined;
    default:
      return value(error.message ?? keyword, "Change it.");
  }
}

const NAMES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  object: "a mapping",
  array: "a list",
  null: "empty",
};

function typeNames(types: readonly string[]): string {
  const names = types.filter((type) => type !== "null").map((type) => NAMES[type] ?? type);
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} or ${names.at(-1)}` : (names[0] ?? "");
}

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return show(value);
  return typeof value === "object" ? "a mapping" : String(value);
}

function typeFix(types: readonly string[]): string {
  if (types.includes("array")) return 'Begin each item with "- ".';
  if (types.includes("object")) return 'Write "key: value" lines, indented.';
  if (types.includes("string")) return "Put it in quotes.";
  return "Change it.";
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
