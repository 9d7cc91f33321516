// Requests to our own processes: every answer within a time limit, every failure a typed one.
import type { ApiProblem } from "../../api/types.ts";
import type { Clock } from "../../base/clock.ts";
import { asMeshError, ERRORS, type ErrorCode, MeshError } from "../../base/errors/index.ts";
import { Told } from "../failure.ts";
import { reasonOf } from "./reason.ts";

export type Peer = {
  /** http://… ; with `unix` only its path counts */
  readonly base: string;
  /** path of a unix socket */
  readonly unix?: string;
  readonly clock: Clock;
  /** the code for "it does not answer", and for "it answered with an error" */
  readonly silent: ErrorCode;
  readonly refused: ErrorCode;
};

export type Call = {
  readonly method?: "GET" | "POST";
  readonly body?: string | ReadableStream<Uint8Array>;
  readonly signal?: AbortSignal | undefined;
  /** ms until the head of the answer must be there; default 10 s, Infinity for none */
  readonly withinMs?: number;
};

const DEFAULT_MS = 10_000;

/** The answer, its status being a success; the body is not read yet. */
export async function call(peer: Peer, path: string, options: Call = {}): Promise<Response> {
  const limit = new AbortController();
  const withinMs = options.withinMs ?? DEFAULT_MS;
  const timer = Number.isFinite(withinMs)
    ? peer.clock.after(withinMs, () => limit.abort(new Error(`no answer within ${withinMs / 1000} s`)))
    : undefined;
  const signal = options.signal ? AbortSignal.any([options.signal, limit.signal]) : limit.signal;
  let response: Response;
  try {
    response = await fetch(new URL(path, peer.base), {
      method: options.method ?? "GET",
      ...(options.body !== undefined && { body: options.body }),
      ...(peer.unix !== undefined && { unix: peer.unix }),
      signal,
      // Bun would end a quiet answer after five minutes, and a log may be quiet for longer.
      timeout: false,
    } as RequestInit);
  } catch (thrown) {
    if (options.signal?.aborted) throw options.signal.reason;
    throw new MeshError(peer.silent, limit.signal.aborted ? limit.signal.reason.message : reasonOf(thrown), {
      cause: thrown,
    });
  } finally {
    timer?.cancel();
  }
  if (!response.ok) throw await refusal(peer, response);
  return response;
}

export async function getJson<T>(peer: Peer, path: string, options: Call = {}): Promise<T> {
  const response = await call(peer, path, options);
  try {
    return (await response.json()) as T;
  } catch (thrown) {
    throw asMeshError(thrown, "answer_unreadable");
  }
}

/** Our processes answer failures as RFC 9457 problems whose type is our code and whose detail is the whole sentence. */
async function refusal(peer: Peer, response: Response): Promise<Error> {
  const text = await response.text().catch(() => "");
  const { type, detail } = parsed(text) as Partial<ApiProblem>;
  if (typeof detail !== "string")
    return new MeshError(peer.refused, text.trim().slice(0, 300) || `status ${response.status}`);
  return typeof type === "string" && type in ERRORS ? new Told(detail) : new MeshError(peer.refused, detail);
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
