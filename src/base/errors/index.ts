// One table of all errors. `rescue`, the access log, the metrics, the CLI and docs/errors.md all read it.
import { agentErrors } from "./agent.ts";
import { cliErrors } from "./cli.ts";
import { configErrors } from "./config.ts";
import type { ErrorRow, Retry, Side } from "./row.ts";
import { storeErrors } from "./store.ts";
import { trafficErrors } from "./traffic.ts";
import { workloadErrors } from "./workload.ts";

export const ERRORS = {
  ...trafficErrors,
  ...agentErrors,
  ...workloadErrors,
  ...configErrors,
  ...storeErrors,
  ...cliErrors,
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** in the table's order; a span names an error by 1 + its index here */
export const ERROR_CODES: readonly ErrorCode[] = Object.keys(ERRORS) as ErrorCode[];

/** Whether the service that was called is to blame, as far as one can tell: not the caller, not the mesh. */
export function isCallees(code: ErrorCode): boolean {
  const row: ErrorRow = ERRORS[code];
  return row.side === "upstream" || row.blames === "callee";
}

/** Whether the mesh itself is to blame. */
export function isOurs(code: ErrorCode): boolean {
  const row: ErrorRow = ERRORS[code];
  return row.blames === "mesh";
}

/** A failure with a row in the table; `detail` names the thing it happened to. */
export class MeshError extends Error {
  readonly code: ErrorCode;
  readonly side: Side;
  readonly retry: Retry;

  constructor(code: ErrorCode, detail: string, options?: { cause?: unknown; retry?: Retry }) {
    super(detail, options);
    this.name = "MeshError";
    this.code = code;
    const row: ErrorRow = ERRORS[code];
    this.side = row.side;
    this.retry = options?.retry ?? row.retry;
  }

  get row(): ErrorRow {
    return ERRORS[this.code];
  }

  /** `what happened: to what. what to do` */
  get sentence(): string {
    return `${this.row.means}: ${this.message}. ${this.row.fix}`;
  }
}

/** The typed error, whatever was thrown; foreign ones keep their text and cause under `fallback`. */
export function asMeshError(thrown: unknown, fallback: ErrorCode): MeshError {
  if (thrown instanceof MeshError) return thrown;
  return new MeshError(fallback, thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
}
