// Collects everything that is wrong with what the user wrote, so that one run shows all mistakes, each with the place
// where it stands and what to do about it.
import { type ErrorCode, MeshError } from "../../base/errors/index.ts";

export type Path = readonly (string | number)[];

/** 1-based */
export type Place = { readonly file: string; readonly line: number; readonly column: number };

type Problem = { readonly place: Place; readonly text: string };

export type Problems = {
  error(place: Place, key: string, what: string, fix: string): void;
  warning(place: Place, key: string, what: string, fix: string): void;
  /** throws `code` with one line for each error, in the order of the files */
  throwIfAny(code: ErrorCode): void;
  /** one line each, in the order of the files */
  errors(): readonly string[];
  /** one line each, in the order of the file */
  warnings(): readonly string[];
};

export function collectProblems(): Problems {
  const errors: Problem[] = [];
  const warnings: Problem[] = [];
  return {
    error(place, key, what, fix) {
      errors.push({ place, text: sentence(place, key, what, fix) });
    },
    warning(place, key, what, fix) {
      warnings.push({ place, text: sentence(place, key, what, fix) });
    },
    throwIfAny(code) {
      if (errors.length > 0) throw mistakes(code, inOrder(errors));
    },
    errors: () => inOrder(errors),
    warnings: () => inOrder(warnings),
  };
}

/** Each on a line of its own; the last full stop is MeshError.sentence's to add. */
export function mistakes(code: ErrorCode, lines: readonly string[]): MeshError {
  const text = lines.map((line) => `\n${line}`).join("");
  return new MeshError(code, text.replace(/\.$/, ""));
}

/** `services.web.ports[0]`, as a person would name it */
export function keyOf(path: Path): string {
  let key = "";
  for (const part of path) {
    if (typeof part === "number") key += `[${part}]`;
    else if (/^[\w-]+$/.test(part)) key += key ? `.${part}` : part;
    else key += `["${part}"]`;
  }
  return key || "(the whole file)";
}

function sentence({ file, line, column }: Place, key: string, what: string, fix: string): string {
  return `${file}:${line}:${column}: ${key}: ${what}. ${fix}`;
}

function inOrder(problems: readonly Problem[]): string[] {
  const sorted = problems.toSorted(
    (a, b) =>
      a.place.file.localeCompare(b.place.file) || a.place.line - b.place.line || a.place.column - b.place.column,
  );
  return [...new Set(sorted.map((problem) => problem.text))];
}
