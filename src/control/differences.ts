// What a user changed between two configurations, in words: which object, which of its fields, what it was and what it is.
// What changes in workloads is not among it: they show it themselves.
import { isTelling, MASK, redact } from "../base/redact.ts";
import type { Project } from "../model/project.ts";
import { isService } from "./gateway/checks/refs.ts";
import { type MeshObject, objectKey } from "./gateway/object.ts";

export type Configuration = { readonly project: Project; readonly objects: readonly MeshObject[] };

export type Difference = {
  /** that it is about; "" of several, or of none */
  readonly service: string;
  readonly text: string;
};

const SHOWN_FIELDS = 3;
const SHOWN_LENGTH = 48;

export function differences(before: Configuration, after: Configuration): Difference[] {
  const [old, now] = [before, after].map(({ objects }) => new Map(objects.map((one) => [objectKey(one), one])));
  const found: Difference[] = [];
  for (const [key, object] of now ?? []) {
    const earlier = old?.get(key);
    const fields = earlier?.digest === object.digest ? [] : compare(earlier?.spec, object.spec);
    if (fields.length === 0) continue;
    const text = `${key} ${earlier ? "" : "is new, "}${shown(fields)}`;
    found.push({ service: serviceOf(object), text });
  }
  for (const [key, object] of old ?? []) {
    if (!now?.has(key)) found.push({ service: serviceOf(object), text: `${key} was deleted` });
  }
  const composed = compare(outsideOf(before.project), outsideOf(after.project));
  if (composed.length > 0) found.push({ service: "", text: `Compose file: ${shown(composed)}` });
  return found;
}

/** What a project says of itself that no workload shows. */
function outsideOf({ services, egress }: Project): unknown {
  const published = services.flatMap((service) =>
    service.published.map(({ hostAddress, hostPort, targetPort }) => ({
      name: `${service.name}:${targetPort}`,
      at: `${hostAddress}:${hostPort}`,
    })),
  );
  return { egress, published };
}

function serviceOf({ kind, spec }: MeshObject): string {
  const refs = refsOf({ kind, spec } as MeshObject);
  const names = new Set(refs.filter((ref) => isService({ kind: "Gateway", ...ref })).map(({ name }) => name));
  return names.size === 1 ? ([...names][0] as string) : "";
}

function refsOf({ kind, spec }: MeshObject): readonly { readonly kind?: string; readonly name: string }[] {
  if (kind === "TrafficPolicy" || kind === "Objective") return spec.targetRefs;
  return kind === "HTTPRoute" || kind === "TCPRoute" ? (spec.parentRefs ?? []) : [];
}

type Field = { readonly path: string; readonly old: string | undefined; readonly now: string | undefined };

function compare(before: unknown, after: unknown): Field[] {
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((path): Field => ({ path, old: old.get(path), now: now.get(path) }))
    .filter((field) => field.old !== field.now);
}

/** `rules[canary].backendRefs[cart-v2].weight` → `10` */
function fieldsOf(value: unknown, path = "", into = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(value)) {
    const names = value.map((item) => nameOf(item));
    const areNamed = new Set(names).size === names.length && !names.includes(undefined);
    for (const [index, item] of value.entries()) fieldsOf(item, `${path}[${areNamed ? names[index] : index}]`, into);
  } else if (typeof value === "object" && value !== null) {
    for (const [name, item] of Object.entries(value)) fieldsOf(item, path === "" ? name : `${path}.${name}`, into);
  } else if (value !== undefined) {
    into.set(path, String(value));
  }
  return into;
}

function nameOf(item: unknown): string | undefined {
  const name = typeof item === "object" && item !== null && "name" in item ? item.name : undefined;
  return typeof name === "string" ? name : undefined;
}

/** A header that a route sets may be a secret. */
function valueText(path: string, text: string | undefined): string {
  if (text === undefined) return "none";
  if (path === "webhook.url" || path.split(/[.[\]]+/).some(isTelling)) return MASK;
  const kept = redact(text);
  return kept.length > SHOWN_LENGTH ? `${kept.slice(0, SHOWN_LENGTH)}…` : kept;
}

function shown(fields: readonly Field[]): string {
  // what names an item is in the path of its other fields
  const telling = fields.filter(({ path }) => !/Refs?\[?.*\.(?:group|kind)$|\]\.name$/.test(path));
  const some = telling.length > 0 ? telling : fields;
  const texts = some.slice(0, SHOWN_FIELDS).map(({ path, old, now }) => {
    return old === undefined
      ? `${path} ${valueText(path, now)}`
      : `${path} ${valueText(path, old)} → ${valueText(path, now)}`;
  });
  const more = some.length - texts.length;
  return `${texts.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
