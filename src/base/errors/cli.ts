// Failures of commands: nothing is running, a host lacks something, a wrong use.
import type { ErrorRow } from "./row.ts";

export const cliErrors = {} as const satisfies Record<string, ErrorRow>;
