// A refusal, as the value that every reader here returns instead of throwing: broken messages are traffic, not accidents.
import type { Violation } from "./types.ts";

export function violation(status: Violation["status"], rule: string, detail: string): Violation {
  return { status, rule, detail };
}

/** what `character` is called in a sentence */
export function nameOfCode(code: number): string {
  if (Number.isNaN(code)) return "the end of the line";
  if (code === 0x0d) return "a carriage return without line feed";
  if (code === 0x0a) return "a line feed without carriage return";
  if (code === 0x20) return "a space";
  if (code === 0x09) return "a tab";
  if (code < 0x21 || code > 0x7e) return `the byte 0x${code.toString(16).padStart(2, "0")}`;
  return `"${String.fromCharCode(code)}"`;
}
