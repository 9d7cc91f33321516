// HTTP on a unix socket, where agents bring their telemetry. Only this user can reach it; what arrives is checked all the
// same, because the workers that made it parse strangers' bytes.
import { chmodSync, rmSync } from "node:fs";
import { asMeshError, MeshError } from "../../base/errors/index.ts";
import type { Intake } from "./intake.ts";

/** a second's spans at 50,000/s are some 10 MB */
const MOST_BYTES = 32 << 20;
/** sun_path, without its terminating zero */
const LONGEST_PATH = 107;

export type IngestListener = { close(): Promise<void> };

/** @throws MeshError socket_path_too_long, store_unwritable */
export function listenForTelemetry(path: string, intake: Intake): IngestListener {
  if (Buffer.byteLength(path) > LONGEST_PATH) throw new MeshError("socket_path_too_long", path);
  try {
    rmSync(path, { force: true });
    const server = Bun.serve({
      unix: path,
      maxRequestBodySize: 2 * MOST_BYTES, // beyond it Bun refuses without a reason
      fetch: (request) => answer(request, intake),
      error: (thrown) => refusal(asMeshError(thrown, "batch_malformed")),
    });
    chmodSync(path, 0o600);
    return { close: () => server.stop(true) };
  } catch (thrown) {
    throw new MeshError("store_unwritable", `${path} (${String(thrown)})`, { cause: thrown });
  }
}

async function answer(request: Request, intake: Intake): Promise<Response> {
  const { pathname } = new URL(request.url);
  const take = { "/ingest/spans": takeSpans, "/ingest/sample": takeSample }[pathname];
  if (!take) return new Response("not here\n", { status: 404 });
  if (request.method !== "POST") return new Response("POST only\n", { status: 405, headers: { allow: "POST" } });
  try {
    const size = Number(request.headers.get("content-length"));
    if (size > MOST_BYTES) throw new MeshError("batch_too_large", `${size} bytes, at most ${MOST_BYTES}`);
    take(new Uint8Array(await request.arrayBuffer()), intake);
    return new Response(null, { status: 204 });
  } catch (thrown) {
    return refusal(asMeshError(thrown, "batch_malformed"));
  }
}

function takeSpans(bytes: Uint8Array, intake: Intake): void {
  intake.spans(bytes);
}

function takeSample(bytes: Uint8Array, intake: Intake): void {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch (thrown) {
    throw new MeshError("batch_malformed", `the sample is not JSON (${String(thrown)})`, { cause: thrown });
  }
  intake.sample(value);
}

function refusal(error: MeshError): Response {
  return new Response(`${error.sentence}\n`, { status: error.row.status ?? 500 });
}
