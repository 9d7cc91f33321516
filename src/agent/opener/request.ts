// What a worker may ask for, checked: a worker that parses strangers' bytes may have been taken over by one.
import type { WorkerToOpener } from "../../model/messages.ts";

const VIA: readonly unknown[] = ["own", "loopback4", "loopback6"];

export function isWellFormed(request: unknown): request is WorkerToOpener {
  if (typeof request !== "object" || request === null) return false;
  const fields = request as Record<string, unknown>;
  if (!isNumber(fields.id, 0xffffffff)) return false;
  switch (fields.type) {
    case "dial":
      return isNumber(fields.key, 0xffffffff) && isPort(fields.port) && VIA.includes(fields.via);
    case "egress":
      return isNumber(fields.source, 0xffffffff) && isPort(fields.port) && typeof fields.address === "string";
    case "resolve":
      return isName(fields.name) && (fields.family === 4 || fields.family === 6);
    default:
      return false;
  }
}

function isNumber(value: unknown, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

function isPort(value: unknown): boolean {
  return isNumber(value, 65_535) && value !== 0;
}

function isName(value: unknown): boolean {
  return (
    typeof value === "string" && value.length <= 253 && /^[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*$/.test(value)
  );
}
