// Filling a form: what a person types goes into the fields of that name, everything else stays as the page has it.
import type { Field, Form } from "./page.ts";

/** `ranks`: of fields with choices, which one: 0 (the first) … below 1 (the last) */
export type Entries = {
  readonly values: Readonly<Record<string, string>>;
  readonly ranks?: Readonly<Record<string, number>>;
};

export function filled({ fields }: Form, entries: Entries): URLSearchParams {
  const form = new URLSearchParams();
  for (const field of fields) {
    const value = valueFor(field, entries);
    if (value !== undefined) form.set(field.name, value);
  }
  return form;
}

function valueFor({ name, value, choices, isHidden }: Field, { values, ranks }: Entries): string | undefined {
  if (isHidden) return value;
  const rank = ranks?.[name];
  if (rank !== undefined && choices.length > 0) return choices[Math.floor(rank * choices.length)];
  const typed = values[name];
  if (typed === undefined || (choices.length > 0 && !choices.includes(typed))) return value;
  return typed;
}
