// Checks a Compose file against schema.json, and tells what of it cannot be read any further.
import type { YamlDocument } from "../yaml/document.ts";
import type { Problems } from "../yaml/problems.ts";
import { schemaCheck } from "../yaml/schema.ts";
import schema from "./schema.json" with { type: "json" };

const check = schemaCheck(schema, { castsTexts: true });

/** What cannot be read any further: the whole file, or some of its services. */
export type Broken = { readonly isWhole: boolean; readonly services: ReadonlySet<string> };

export function validateDocument(document: YamlDocument, problems: Problems): Broken {
  const services = new Set(
    document.damaged.flatMap(([top, name]) => (top === "services" && name ? [String(name)] : [])),
  );
  let isWhole = false;
  for (const { keyword, path } of check(document, problems)) {
    if (SHAPELY.has(keyword)) continue;
    const [top, service] = path;
    if (top === "services" && typeof service === "string") services.add(service);
    else if (top === "services" || top === undefined) isWhole = true;
  }
  return { isWhole, services };
}

/** what leaves the rest of a service readable */
const SHAPELY = new Set(["notYet", "ignored", "additionalProperties"]);
