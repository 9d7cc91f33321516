// Refusals as RFC 9457 problems.
import { asMeshError, MeshError } from "../base/errors/index.ts";
import type { ApiProblem } from "./types.ts";

export function problem(status: number, title: string, detail: string, headers: Record<string, string> = {}): Response {
  const body: ApiProblem = { type: "about:blank", title, status, detail };
  return Response.json(body, { status, headers: { ...headers, "content-type": "application/problem+json" } });
}

/** What the asker did wrong is told; what we did wrong is told too, but not as theirs. */
export function problemOf(thrown: unknown): Response {
  if (thrown instanceof MeshError && thrown.row.status !== undefined) {
    return problem(thrown.row.status, thrown.row.means, thrown.message);
  }
  return problem(500, "The observatory failed to answer", asMeshError(thrown, "store_failed").message);
}
