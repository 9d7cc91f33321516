// What a user should know at once of objects that have just been brought into force.
import type { Condition, ObjectView } from "./view.ts";

/** One sentence for each thing that is not as it was meant; empty: all is well. */
export function shortcomings({ kind, metadata, status }: ObjectView): readonly string[] {
  const name = `${kind.toLowerCase()}/${metadata.name}`;
  const isRouteless = kind.endsWith("Route") && status.parents?.length === 0;
  const lines = [
    ...(isRouteless ? ["it has no parentRefs, so nothing is routed by it"] : []),
    ...sentences(status.conditions, ""),
    ...(status.listeners ?? []).flatMap((one) => sentences(one.conditions, `listener ${one.name} `)),
    ...(status.parents ?? []).flatMap((one) => sentences(one.conditions, nameOf(one.parentRef))),
    ...(status.ancestors ?? []).flatMap((one) => sentences(one.conditions, nameOf(one.ancestorRef))),
  ];
  return [...new Set(lines)].map((line) => `${name}: ${line}`);
}

/** Those that are bad when they are true. */
export function isWrong({ type, status }: Condition): boolean {
  return (status === "True") === (type === "Conflicted" || type === "PartiallyInvalid");
}

/** Whether it is in force follows from the others and is waited for, and a Gateway's listeners speak for themselves. */
function sentences(conditions: readonly Condition[] = [], of: string): readonly string[] {
  return conditions
    .filter((one) => one.type !== "Programmed" && one.reason !== "ListenersNotValid" && isWrong(one))
    .map(({ type, reason, message }) =>
      type === "Accepted" ? `${of}not accepted (${reason}): ${message}` : `${type} (${reason}): ${message}`,
    );
}

function nameOf(ref: object): string {
  return "name" in ref ? `by ${String(ref.name)} ` : "";
}
