// docs/traffic-policy.md says what holds without a policy, and must say it of every field.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultSpec, specFields } from "./policy-spec.ts";

const text = readFileSync(join(import.meta.dirname, "../../../docs/traffic-policy.md"), "utf8");

/** `retries.attempts` → what stands in the column "default" */
function documented(): Map<string, string> {
  const found = new Map<string, string>();
  let section = "";
  for (const line of text.split("\n")) {
    section = /^## (\w+)$/.exec(line)?.[1] ?? section;
    const [, field, value] = /^\| `([\w.]+)` *\| ([^|]*?) *\|/.exec(line) ?? [];
    if (field !== undefined && value !== undefined) found.set(`${section}.${field}`, value);
  }
  return found;
}

test("every default of a policy is documented as it is", () => {
  const docs = documented();
  for (const { field, value } of specFields(defaultSpec())) {
    if (Array.isArray(value) && !field.includes(".")) continue; // a list of its own section
    const said = docs.get(field)?.replace(/^`([^`]*)`.*$/, "$1");
    expect([field, said]).toEqual([field, Array.isArray(value) ? `[${value.join(", ")}]` : String(value)]);
  }
});
