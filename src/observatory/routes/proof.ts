// Which answers show that a path is one of the service's: whoever tries paths at random must not make routes.

/** Refusals that only an endpoint which looked at the request gives: payment required, conflict, unprocessable, … */
const LOOKED_AT: ReadonlySet<number> = new Set([402, 409, 412, 422]);

/** @param status 0 without an answer @param error number of an error of the mesh or the transport, 0 without */
export function isProof(status: number, error: number): boolean {
  if (error !== 0 || status === 0) return false;
  if (status < 400) return status !== 301 && status !== 308; // what is there under another name, or nowhere
  return status >= 500 ? status !== 501 : LOOKED_AT.has(status);
}
