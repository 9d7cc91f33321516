// Failures of the observatory and its store.
import type { ErrorRow } from "./row.ts";

export const storeErrors = {} as const satisfies Record<string, ErrorRow>;
