// What a service runs and how it is checked: both are commands, as one line or as a list.
import type { Healthcheck } from "../../model/project.ts";
import type { Path } from "../yaml/problems.ts";
import type { RawHealthcheck, RawService, RawWords } from "./raw.ts";
import type { Scope } from "./scope.ts";
import { durationMs } from "./units.ts";
import { splitWords } from "./words.ts";

/** `entrypoint` and then `command`, as a container would run them */
export function readCommand(scope: Scope, raw: RawService, path: Path): readonly string[] {
  const entrypoint = words(scope, raw.entrypoint ?? null, [...path, "entrypoint"]);
  const command = words(scope, raw.command ?? null, [...path, "command"]);
  if (!entrypoint || !command) return [];
  const all = [...entrypoint, ...command];
  // image and build are refused by the schema, and one mistake is said once
  if (all.length === 0 && raw.image === undefined && raw.build === undefined) {
    scope.error(path, "has no command", 'Add one, such as command: ["node", "server.js"].');
  } else if (all.length > 0 && all[0] === "") {
    scope.error(
      [...path, entrypoint.length > 0 ? "entrypoint" : "command"],
      "begins with an empty word",
      "Name a program.",
    );
  }
  return all;
}

function words(scope: Scope, raw: RawWords, path: Path): readonly string[] | undefined {
  if (raw === null) return [];
  if (typeof raw !== "string") return raw.map(String);
  const split = splitWords(raw);
  if (split.ok) return split.words;
  scope.error(path, split.what, split.fix);
  return undefined;
}

export function readHealthcheck(scope: Scope, raw: RawHealthcheck | undefined, path: Path): Healthcheck | undefined {
  if (!raw || raw.disable) return undefined;
  const test = readTest(scope, raw.test ?? null, [...path, "test"]);
  const duration = (key: "interval" | "timeout" | "start_period" | "start_interval", standard: number) =>
    readDuration(scope, raw[key], [...path, key]) ?? standard;
  // the defaults are Docker's (https://docs.docker.com/reference/dockerfile/#healthcheck)
  const check = {
    test: test ?? [],
    intervalMs: duration("interval", 30_000),
    timeoutMs: duration("timeout", 30_000),
    retries: raw.retries || 3,
    startPeriodMs: duration("start_period", 0),
    startIntervalMs: duration("start_interval", 5_000),
  };
  return test && test.length > 0 ? check : undefined;
}

/** empty: NONE */
function readTest(scope: Scope, raw: RawWords, path: Path): readonly string[] | undefined {
  if (typeof raw === "string") return ["/bin/sh", "-c", raw];
  const [kind, ...rest] = (raw ?? []).map(String);
  if (kind === "NONE") return [];
  if (kind === "CMD" && rest.length > 0) return rest;
  if (kind === "CMD-SHELL" && rest.length === 1) return ["/bin/sh", "-c", rest.join(" ")];
  if (kind === "CMD" || kind === "CMD-SHELL") {
    scope.error(
      path,
      `${kind} must be followed by ${kind === "CMD" ? "a program" : "one line"}`,
      `Write ["CMD", "curl", "-f", "http://localhost"].`,
    );
  } else if (kind === undefined) {
    scope.error(path, "a health check needs a test", 'Add test: ["CMD", "…"], or disable: true.');
  } else {
    scope.error(path, `a test begins with CMD, CMD-SHELL or NONE, not "${kind}"`, `Write ["CMD", "${kind}", …].`);
  }
  return undefined;
}

/** ms; undefined when absent or, after complaining, when unreadable */
export function readDuration(scope: Scope, raw: string | number | boolean | undefined, path: Path): number | undefined {
  if (raw === undefined) return undefined;
  const ms = durationMs(String(raw));
  if (ms === undefined) scope.error(path, `"${raw}" is not a duration`, "Write one such as 500ms, 10s or 1m30s.");
  return ms;
}
