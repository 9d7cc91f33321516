// Failures of commands: nothing is running, a host lacks something, a wrong use.
import type { ErrorRow } from "./row.ts";

export const cliErrors = {
  project_not_running: {
    side: "user",
    retry: "no",
    means: "No project is running here",
    fix: "Start it with `meshwise up`.",
  },
  project_ambiguous: {
    side: "user",
    retry: "no",
    means: "Several projects run from this Compose file",
    fix: "Name the one you mean with `-p PROJECT`.",
  },
  service_not_found: {
    side: "user",
    retry: "no",
    means: "The project has no such service",
    fix: "See its services with `meshwise ps`.",
  },
  host_start_failed: {
    side: "internal",
    retry: "yes",
    means: "The mesh could not be started",
    fix: "`meshwise check --pre` names what this machine lacks.",
  },
  host_lost: {
    side: "internal",
    retry: "yes",
    means: "The mesh ended unexpectedly, and every workload with it",
    fix: "Start it again with `meshwise up`; `meshwise logs mesh` may say more then.",
  },
  host_silent: {
    side: "internal",
    retry: "yes",
    means: "The running project does not answer",
    fix: "Try again; if it stays so, stop it with `meshwise down` and start it anew.",
  },
  host_refused: {
    side: "internal",
    retry: "no",
    means: "The running project refused the command",
    fix: "If it was started by another version, `meshwise down` and `meshwise up` mend it.",
  },
  project_failed: {
    side: "user",
    retry: "no",
    means: "The project did not come up",
    fix: "See `meshwise ps` and `meshwise logs`.",
  },
  observatory_silent: {
    side: "internal",
    retry: "yes",
    means: "The observatory does not answer, so there are no figures now",
    fix: "Traffic is not affected and it is restarted by itself: try again in a moment, or see `meshwise check`.",
  },
  observatory_refused: {
    side: "user",
    retry: "no",
    means: "The observatory refused the question",
    fix: "Compare it with the command's `--help`.",
  },
  answer_unreadable: {
    side: "internal",
    retry: "no",
    means: "An answer of the running project could not be read",
    fix: "If it was started by another version, `meshwise down` and `meshwise up` mend it.",
  },
  run_failed: {
    side: "user",
    retry: "no",
    means: "The command could not be run in the mesh",
    fix: "See whether it exists and may be executed, and `meshwise ps`.",
  },
  spans_unreadable: {
    side: "user",
    retry: "no",
    means: "The recorded spans cannot be read",
    fix: "Check the path and its permissions.",
  },
  spans_invalid: {
    side: "user",
    retry: "no",
    means: "The recorded spans cannot be used as they are",
    fix: "Each line is an OTLP/JSON ExportTraceServiceRequest; correct or remove this one.",
  },
  links_unwritable: {
    side: "user",
    retry: "no",
    means: "The links cannot be written",
    fix: "Check the path, its permissions and the space on the disk.",
  },
  events_unreadable: {
    side: "user",
    retry: "no",
    means: "The events cannot be read",
    fix: "Check the path and its permissions.",
  },
  events_invalid: {
    side: "user",
    retry: "no",
    means: "The events cannot be used as they are",
    fix: "CSV has a header with time, visitor and event; XES is XML. docs/journeys.md has both.",
  },
  case_unreadable: {
    side: "user",
    retry: "no",
    means: "The recorded incident cannot be read",
    fix: "Check the paths, which are relative to case.json, and their permissions.",
  },
  case_invalid: {
    side: "user",
    retry: "no",
    means: "The recorded incident cannot be used as it is",
    fix: "Correct what is named; docs/why.md has the form of the files.",
  },
  command_failed: {
    side: "internal",
    retry: "no",
    means: "The command failed",
    fix: "Run it again with MESHWISE_DEBUG=1 to see where, and report what it prints.",
  },
} as const satisfies Record<string, ErrorRow>;
