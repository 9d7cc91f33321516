// What the readers of a service's parts share: where they are in the file, how to complain, and whose environment it is.

import type { YamlDocument } from "../yaml/document.ts";
import { keyOf, type Path, type Place, type Problems } from "../yaml/problems.ts";
import type { Lookup } from "./interpolate.ts";

export type Scope = {
  /** absolute path of the folder that holds the Compose file */
  readonly directory: string;
  /** variables of the user's environment and of .env */
  readonly lookup: Lookup;
  readonly problems: Problems;
  readonly placeOf: (path: Path) => Place;
  error(path: Path, what: string, fix: string): void;
  warning(path: Path, what: string, fix: string): void;
};

export function scope(directory: string, document: YamlDocument, lookup: Lookup, problems: Problems): Scope {
  return {
    directory,
    lookup,
    problems,
    placeOf: document.placeOf,
    error: (path, what, fix) => problems.error(document.placeOf(path), keyOf(path), what, fix),
    warning: (path, what, fix) => problems.warning(document.placeOf(path), keyOf(path), what, fix),
  };
}
