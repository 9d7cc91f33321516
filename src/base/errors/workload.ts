// Failures of starting, checking or stopping workloads.
import type { ErrorRow } from "./row.ts";

const user = { side: "user", retry: "no" } as const;

export const workloadErrors = {
  user_unknown: {
    ...user,
    means: "The service asks for a user that this host does not have",
    fix: "Name an existing user or a number in `user:`.",
  },
  group_unknown: {
    ...user,
    means: "The service asks for a group that this host does not have",
    fix: "Name an existing group or a number in `user:`.",
  },
  workload_not_started: {
    ...user,
    means: "The workload could not be started",
    fix: "Mend what is named, then run `meshwise up` again.",
  },
  workload_not_attached: {
    side: "internal",
    retry: "yes",
    means: "The agent could not make the workload's network",
    fix: "It is tried again; `meshwise check` says what this host lacks.",
  },
} as const satisfies Record<string, ErrorRow>;
