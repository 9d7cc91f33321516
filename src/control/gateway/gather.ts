// All objects of a project: those of its files, and those that were applied to it. A file wins over what was applied.
import type { Project } from "../../model/project.ts";
import { mistakes } from "../yaml/problems.ts";
import { objectFiles, readTexts } from "./files.ts";
import { type MeshObject, objectKey } from "./object.ts";
import { objectReader, type SourceText } from "./read.ts";

/** An applied object as it is kept. */
export type StoredObject = {
  /** where it was applied from: `routes.yaml:12` */
  readonly source: string;
  readonly object: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string };
    readonly spec: unknown;
  };
};

export type Gathered = { readonly objects: readonly MeshObject[]; readonly warnings: readonly string[] };

export type Gatherer = {
  /** @throws MeshError objects_invalid when anything in `files` is wrong */
  gather(files: readonly SourceText[], stored: readonly StoredObject[], namespace: string): Gathered;
};

/** Keeps what it has read, so that only what changed is read again. */
export function gatherer(): Gatherer {
  const ofFiles = objectReader();
  const ofStored = objectReader();
  return {
    gather(files, stored, namespace) {
      const written = ofFiles.read(files, namespace);
      if (written.errors.length > 0) throw mistakes("objects_invalid", written.errors);
      // they were right when they were applied; after an upgrade one may not be, and must not keep the others away
      const kept = ofStored.read(stored.map(storedText), namespace);
      const sources = new Map(stored.map((one) => [nameOf(one), one.source]));
      const byFile = new Map(written.objects.map((object) => [objectKey(object), object.source]));
      const shadowed = kept.objects.filter((object) => byFile.has(objectKey(object)));
      const applied = kept.objects.filter((object) => !byFile.has(objectKey(object)));
      return {
        objects: [...written.objects, ...applied.map((object) => ({ ...object, source: sourceOf(object, sources) }))],
        warnings: [
          ...written.warnings,
          ...kept.errors.map((line) => `${line} It is left out.`),
          ...shadowed.map((object) => {
            const key = objectKey(object);
            return `${key} was applied too; what holds is ${byFile.get(key)}. Remove one: \`meshwise delete ${key}\`.`;
          }),
        ],
      };
    },
  };
}

/** @throws MeshError objects_invalid when something in a project's files is wrong */
export function checkObjectFiles({ name, directory }: Pick<Project, "name" | "directory">, base: string): void {
  gatherer().gather(readTexts(objectFiles(directory), base), [], name);
}

export function stored({ apiVersion, kind, name, labels, annotations, spec, source }: MeshObject): StoredObject {
  return { source, object: { apiVersion, kind, metadata: { name, ...{ labels, annotations } }, spec } };
}

export function storedKey({ object }: StoredObject): string {
  return `${object.kind.toLowerCase()}/${object.metadata.name}`;
}

/** JSON is YAML */
function storedText(one: StoredObject): SourceText {
  return { name: nameOf(one), text: JSON.stringify(one.object, undefined, 1), origin: "applied" };
}

function nameOf(one: StoredObject): string {
  return `applied ${storedKey(one)}`;
}

function sourceOf(object: MeshObject, sources: ReadonlyMap<string, string>): string {
  return `applied from ${sources.get(`applied ${objectKey(object)}`) ?? "?"}`;
}
