// How the checks of an object complain: at the place where it is written, or in its status.
import type { YamlDocument } from "../yaml/document.ts";
import { keyOf, type Path, type Problems } from "../yaml/problems.ts";
import type { Unsupported } from "./object.ts";

export type Report = {
  error(path: Path, what: string, fix: string): void;
  warning(path: Path, what: string, fix: string): void;
  /** right, but we do not have what it asks for */
  unsupported(path: Path, text: string): void;
};

export function makeReport(document: YamlDocument, problems: Problems, unsupported: Unsupported[]): Report {
  return {
    error: (path, what, fix) => problems.error(document.placeOf(path), keyOf(path), what, fix),
    warning: (path, what, fix) => problems.warning(document.placeOf(path), keyOf(path), what, fix),
    unsupported: (path, text) => void unsupported.push({ path, text }),
  };
}

/** Complains about the second of two equal ones. @param what such as "this name is there twice" */
export function unique<Item>(
  report: Report,
  items: readonly Item[] | undefined,
  path: (index: number) => Path,
  nameOf: (item: Item) => string | undefined,
  what: string,
): void {
  const seen = new Set<string>();
  for (const [index, item] of (items ?? []).entries()) {
    const name = nameOf(item);
    if (name === undefined) continue;
    if (seen.has(name)) report.error(path(index), what, "Keep one of the two.");
    seen.add(name);
  }
}
