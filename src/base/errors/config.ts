// Mistakes in what the user wrote: Compose files and the like.
import type { ErrorRow } from "./row.ts";

export const configErrors = {} as const satisfies Record<string, ErrorRow>;
