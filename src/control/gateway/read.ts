// Reads files of objects, or says everything that is wrong with them. A document that did not change is not read again:
// a file of very many takes a second, and one of them may change each second.
import type { YamlDocument } from "../yaml/document.ts";
import { readDocuments } from "../yaml/document.ts";
import { collectProblems, type Problems } from "../yaml/problems.ts";
import { nearest } from "../yaml/suggest.ts";
import { checkGateway } from "./checks/gateway.ts";
import { checkHttpRoute } from "./checks/http-route.ts";
import { checkJourney } from "./checks/journey.ts";
import { checkNotification, checkObjective } from "./checks/objective.ts";
import { checkTcpRoute } from "./checks/tcp-route.ts";
import { checkPolicy } from "./checks/traffic-policy.ts";
import { KIND_ROWS, REFUSED_KINDS } from "./kinds.ts";
import { KINDS, type Kind, type MeshObject, objectKey, type Unsupported } from "./object.ts";
import { makeReport, type Report } from "./report.ts";

/** What a schema cannot say. */
const CHECKS: { readonly [K in Kind]: (report: Report, spec: Extract<MeshObject, { kind: K }>["spec"]) => void } = {
  Gateway: checkGateway,
  HTTPRoute: checkHttpRoute,
  TCPRoute: checkTcpRoute,
  TrafficPolicy: checkPolicy,
  Journey: checkJourney,
  Objective: checkObjective,
  Notification: checkNotification,
};

/** @property name as people know the file */
export type SourceText = { readonly name: string; readonly text: string; readonly origin: MeshObject["origin"] };

export type ReadObjects = {
  readonly objects: readonly MeshObject[];
  /** one line `file:line:column: key: what is wrong. fix` for each */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
};

export type ObjectReader = {
  /** @param namespace the only one there is: the project's name */
  read(texts: readonly SourceText[], namespace: string): ReadObjects;
};

/** A document that nothing is to be said about; `line` is within its part. */
type Known = { readonly object: MeshObject; readonly line: number };

export function objectReader(): ObjectReader {
  let known: ReadonlyMap<string, Known> = new Map();
  return {
    read(texts, namespace) {
      const next = new Map<string, Known>();
      const all = texts.flatMap((source) =>
        parts(source.text).map((part): ReadObjects => {
          const key = `${source.origin} ${namespace} ${part.text}`;
          const before = known.get(key);
          const found = before ? again(before, source, part) : readPart(source, part, namespace);
          const [object] = found.objects;
          if (object && found.errors.length + found.warnings.length === 0) {
            next.set(key, before ?? { object, line: Number(object.source.split(":").at(-1)) - part.before });
          }
          return found;
        }),
      );
      known = next;
      return joined(all);
    },
  };
}

/** `before`: lines of the file above it */
type Part = { readonly text: string; readonly before: number };

/** At each `---` line, which nothing else in YAML can be; directives belong to the document that follows them. */
function parts(text: string): readonly Part[] {
  if (/^%/m.test(text)) return [{ text, before: 0 }];
  let before = 0;
  return text.split(/^(?=---(?:\s|$))/m).map((part) => {
    const found = { text: part, before };
    before += part.split("\n").length - 1;
    return found;
  });
}

function again({ object, line }: Known, { name }: SourceText, { before }: Part): ReadObjects {
  return { objects: [{ ...object, source: `${name}:${line + before}` }], errors: [], warnings: [] };
}

function joined(all: readonly ReadObjects[]): ReadObjects {
  const byKey = new Map<string, MeshObject>();
  const errors = all.flatMap((one) => one.errors);
  for (const object of all.flatMap(({ objects }) => objects)) {
    const key = objectKey(object);
    const other = byKey.get(key);
    if (other) errors.push(`${object.source}: metadata.name: ${key} is in ${other.source} too. Rename one of the two.`);
    else byKey.set(key, object);
  }
  return { objects: [...byKey.values()], errors, warnings: all.flatMap((one) => one.warnings) };
}

function readPart({ name, origin }: SourceText, { text, before }: Part, namespace: string): ReadObjects {
  const problems = collectProblems();
  const documents = readDocuments(name, text, problems, before) ?? [];
  const objects = documents.flatMap((document) => {
    const object = readObject(document, origin, namespace, problems);
    return object ? [object] : [];
  });
  return { objects, errors: problems.errors(), warnings: problems.warnings() };
}

/** Undefined when there was something to complain about. */
function readObject(
  document: YamlDocument,
  origin: MeshObject["origin"],
  namespace: string,
  problems: Problems,
): MeshObject | undefined {
  const unsupported: Unsupported[] = [];
  const report = makeReport(document, problems, unsupported);
  const { value } = document;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    report.error([], "must be a mapping", "Write apiVersion, kind, metadata and spec.");
    return undefined;
  }
  const kind = readKind(value, report);
  if (!kind) return undefined;
  const violations = KIND_ROWS[kind].check(document, problems);
  for (const { keyword, path, text } of violations) if (keyword === "unsupported") report.unsupported(path, text);
  if (violations.some(({ keyword }) => keyword !== "unsupported" && keyword !== "ignored")) return undefined;
  // the schema has just been held against it
  const { apiVersion, metadata, spec } = value as unknown as {
    readonly apiVersion: string;
    readonly metadata: Pick<MeshObject, "name"> &
      Partial<Pick<MeshObject, "labels" | "annotations">> & { namespace?: string };
    readonly spec: MeshObject["spec"];
  };
  if (metadata.namespace !== undefined && metadata.namespace !== namespace) {
    report.error(
      ["metadata", "namespace"],
      `${JSON.stringify(metadata.namespace)} is not the namespace of this project, which is ${namespace}`,
      "Remove it.",
    );
  }
  const { file, line } = document.placeOf([]);
  const { name, labels = {}, annotations = {} } = metadata;
  const digest = Bun.hash(JSON.stringify(spec)).toString(36);
  const head = { apiVersion, name, labels, annotations, digest, unsupported, source: `${file}:${line}`, origin };
  CHECKS[kind](report, spec as never);
  return { ...head, kind, spec } as MeshObject;
}

function readKind(value: Readonly<Record<string, unknown>>, report: Report): Kind | undefined {
  const { kind, apiVersion } = value;
  if (typeof kind !== "string") {
    report.error([], "kind is missing", `Add kind: one of ${KINDS.join(", ")}.`);
    return undefined;
  }
  const known = KINDS.find((one) => one === kind);
  if (!known) {
    const reason = REFUSED_KINDS[kind];
    const meant = nearest(kind, KINDS);
    if (reason !== undefined) report.error(["kind"], `${kind} is not supported`, reason);
    else
      report.error(
        ["kind"],
        `there is no kind ${kind}`,
        meant ? `Did you mean "${meant}"?` : `Write one of ${KINDS.join(", ")}.`,
      );
    return undefined;
  }
  const { apiVersions } = KIND_ROWS[known];
  if (typeof apiVersion !== "string") {
    report.error([], "apiVersion is missing", `Add apiVersion: ${apiVersions[0]}.`);
    return undefined;
  }
  if (!apiVersions.includes(apiVersion)) {
    report.error(["apiVersion"], `${known} is not in ${apiVersion}`, `Write ${apiVersions.join(" or ")}.`);
    return undefined;
  }
  return known;
}
