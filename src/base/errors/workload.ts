// Failures of starting, checking or stopping workloads.
import type { ErrorRow } from "./row.ts";

export const workloadErrors = {} as const satisfies Record<string, ErrorRow>;
