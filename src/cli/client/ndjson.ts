// Newline-delimited JSON as it comes in.
import { type ErrorCode, MeshError } from "../../base/errors/index.ts";
import { reasonOf } from "./reason.ts";

/** Each line as a value; blank lines are skipped. @param silent the code for a stream that breaks off */
export async function* readNdjson<T>(body: ReadableStream<Uint8Array> | null, silent: ErrorCode): AsyncGenerator<T> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks(body, silent)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim()) yield parse<T>(line);
  }
  if (rest.trim()) yield parse<T>(rest);
}

// Apart from the loop above, so that an error of the one who takes the values is not mistaken for one of the stream.
async function* chunks(body: ReadableStream<Uint8Array> | null, silent: ErrorCode): AsyncGenerator<Uint8Array> {
  try {
    if (body) yield* body as ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>;
  } catch (thrown) {
    throw new MeshError(silent, reasonOf(thrown), { cause: thrown });
  }
}

function parse<T>(line: string): T {
  try {
    return JSON.parse(line) as T;
  } catch (cause) {
    throw new MeshError("answer_unreadable", `not JSON: ${line.slice(0, 80)}`, { cause });
  }
}
