// Changes of field lines (HTTPHeaderFilter): set, then add, then remove. Compiled once into the names that go and the
// text that comes; per request it is one walk along the lines, or none.
import { MeshError } from "../../base/errors/index.ts";
import type { HeaderChange, HeaderLine } from "../../model/route.ts";
import { fieldLine, withoutFields } from "../../protocol/http1/lines.ts";
import { isModifiable } from "../../protocol/http1/modifiable.ts";
import type { FieldLines } from "../../protocol/http1/types.ts";

export type FieldChange = (lines: FieldLines) => FieldLines;

/** Throws for a field that no route may change, and for a name or value that no field can have. */
export function compileFieldChange({ set, add, remove }: HeaderChange): FieldChange {
  const removed = remove.map((name) => name.toLowerCase());
  const comes = [...set, ...add].filter(({ name }) => !removed.includes(name.toLowerCase()));
  const added = comes.map(line).join("");
  const goes = [...new Set([...removed, ...set.map(({ name }) => name.toLowerCase())])];
  for (const name of goes) refuseOurs(name);
  if (goes.length === 0) return (lines) => (lines + added) as FieldLines;
  return (lines) => (withoutFields(lines, goes) + added) as FieldLines;
}

function line({ name, value }: HeaderLine): FieldLines {
  refuseOurs(name);
  try {
    return fieldLine(name, value.trim());
  } catch (error) {
    throw new MeshError("route_invalid", (error as Error).message);
  }
}

function refuseOurs(name: string): void {
  if (!isModifiable(name)) throw new MeshError("route_invalid", `the field ${name} belongs to the connection`);
}
