// Failures of the observatory and its store.
import type { ErrorRow } from "./row.ts";

export const storeErrors = {
  store_busy: {
    side: "user",
    retry: "no",
    means: "Another observatory already uses this state directory",
    fix: "Stop it first (`meshwise down`), or give this project another directory with MESHWISE_STATE_DIR.",
  },
  store_unwritable: {
    side: "user",
    retry: "no",
    means: "The state directory cannot be written",
    fix: "Make it writable for this user, or name another one with MESHWISE_STATE_DIR.",
  },
  store_failed: {
    side: "internal",
    retry: "yes",
    means: "The telemetry store cannot be used",
    fix: "Recent figures are answered from memory and the store is tried again every few seconds; free some disk space when the disk is full.",
  },
  forget_failed: {
    side: "internal",
    retry: "yes",
    means: "Visitors could not be forgotten everywhere",
    fix: "Ask again once `meshwise health` says that the observatory answers.",
  },
  backup_unusable: {
    side: "user",
    retry: "no",
    means: "The file cannot be restored",
    fix: "Name a file that `meshwise backup` of this version or the one before wrote; nothing was changed.",
  },
  store_moved_aside: {
    side: "internal",
    retry: "no",
    means: "The telemetry store could not be read and was set aside",
    fix: "Figures begin anew. Delete the file that was set aside when you do not need it, or open it with the version that wrote it.",
  },
  socket_path_too_long: {
    side: "user",
    retry: "no",
    means: "The path of a socket in the state directory is longer than the 107 bytes the kernel allows",
    fix: "Name a shorter directory with MESHWISE_STATE_DIR.",
  },
  api_no_port: {
    side: "user",
    retry: "no",
    means: "No free port for the API",
    fix: "Name a free one with MESHWISE_API_PORT.",
  },
  batch_malformed: {
    side: "downstream",
    retry: "no",
    status: 400,
    means: "What was sent is not telemetry of this version",
    fix: "See that agent and observatory come from the same version of Meshwise.",
  },
  batch_too_large: {
    side: "downstream",
    retry: "no",
    status: 413,
    means: "A batch of telemetry is larger than what is accepted",
    fix: "Send it in several batches.",
  },
  sql_refused: {
    side: "downstream",
    retry: "no",
    status: 400,
    means: "The question in SQL was not answered",
    fix: "One SELECT is answered, over the views of docs/store.md, without files or extensions, within 10 s and 768 MiB.",
  },
  sql_overdue: {
    side: "downstream",
    retry: "no",
    status: 422,
    means: "The question in SQL took too long",
    fix: "Ask of a shorter time (`WHERE time > now() - INTERVAL 10 MINUTE`), or of rollups instead of exchanges.",
  },
  sql_busy: {
    side: "downstream",
    retry: "yes",
    status: 429,
    means: "Questions in SQL are answered one at a time",
    fix: "Ask again when the other one is answered.",
  },
  question_invalid: {
    side: "downstream",
    retry: "no",
    status: 400,
    means: "The question was not understood",
    fix: "See the parameters in `meshwise help` or the documentation of the API.",
  },
  incident_unknown: {
    side: "downstream",
    retry: "no",
    status: 404,
    means: "There is no incident with this id",
    fix: "Incidents are kept for 90 days; `meshwise incidents` lists those that are there.",
  },
  trace_unknown: {
    side: "downstream",
    retry: "no",
    status: 404,
    means: "There is no trace with this id",
    fix: "Exchanges are kept for an hour (MESHWISE_KEEP_SPANS); `meshwise trace` lists those that are there.",
  },
} as const satisfies Record<string, ErrorRow>;
