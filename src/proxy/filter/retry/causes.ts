// Why a try failed, and whether its request may be sent once more: pure.
import type { MeshError } from "../../../base/errors/index.ts";
import type { Retries, RetryCause } from "../../../model/traffic-policy.ts";

/** RFC 9110 §9.2.2 */
export function isIdempotent(method: string): boolean {
  switch (method) {
    case "GET":
    case "HEAD":
    case "PUT":
    case "DELETE":
    case "OPTIONS":
    case "TRACE":
      return true;
    default:
      return false;
  }
}

/** The cause that an error is; undefined: none that a policy can name. */
export function causeOf(error: MeshError, hasAnswered: boolean): RetryCause | undefined {
  if (error.retry === "yes") return "connect-failure";
  switch (error.code) {
    case "upstream_closed":
    case "upstream_reset":
      // it had begun to answer: what it did, it did
      return hasAnswered ? undefined : "reset";
    case "response_timeout":
      return "timeout";
    default:
      return undefined;
  }
}

/** 1 at each status that the policy retries. */
export function retriedStatuses({ on, codes }: Pick<Retries, "on" | "codes">): Uint8Array {
  const statuses = new Uint8Array(1000);
  if (on.includes("5xx")) statuses.fill(1, 500, 600);
  if (on.includes("gateway-error")) for (const code of [502, 503, 504]) statuses[code] = 1;
  if (on.includes("retriable-4xx")) for (const code of [409, 425]) statuses[code] = 1;
  for (const code of codes) statuses[code] = 1;
  return statuses;
}

/** ms before retry number `nth` (from 1 on): doubles, with full jitter, so that who failed together does not come back
 *  together. @param unit 0…1, drawn */
export function backoff(
  { backoffMs, maxBackoffMs }: Pick<Retries, "backoffMs" | "maxBackoffMs">,
  nth: number,
  unit: number,
): number {
  return unit * Math.min(maxBackoffMs, backoffMs * 2 ** (nth - 1));
}

/** ms that a Retry-After field asks for (RFC 9110 §10.2.3); 0: it says nothing that can be understood. */
export function retryAfterMs(value: string | undefined, nowUs: number): number {
  if (value === undefined) return 0;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  // the runtime's reader takes nearly anything for a date
  const at = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? 0 : Math.max(0, at - nowUs / 1000);
}
