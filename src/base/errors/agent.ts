// Failures of the agent: namespaces, listeners, capture, descriptors, workers.
import type { ErrorRow } from "./row.ts";

export const agentErrors = {} as const satisfies Record<string, ErrorRow>;
