// Newline-delimited JSON as it comes in.
import { MeshError } from "../../base/errors/index.ts";

/** Each line as a value; blank lines are skipped. A broken line is an error, a cut-off last one too. */
export async function* readNdjson<T>(body: ReadableStream<Uint8Array> | null): AsyncGenerator<T> {
  if (!body) return;
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body as ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim()) yield parse<T>(line);
  }
  if (rest.trim()) yield parse<T>(rest);
}

function parse<T>(line: string): T {
  try {
    return JSON.parse(line) as T;
  } catch (cause) {
    throw new MeshError("answer_unreadable", `not JSON: ${line.slice(0, 80)}`, { cause });
  }
}
