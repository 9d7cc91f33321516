// `meshwise stitch`: which calls of a recording belong to which requests, whatever the services propagated.
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Command } from "commander";
import { asMeshError, MeshError } from "../../base/errors/index.ts";
import type { Recording } from "../../observatory/stitch/recording.ts";
import { EXIT, type Register } from "../command.ts";
import { type Context, say } from "../context.ts";
import { manual } from "../help.ts";

type Options = { readonly in: string; readonly out: string; readonly traceIds: boolean };

export const stitch: Register = (program, act) => {
  const command: Command = program.command("stitch");
  command
    .requiredOption("--in <file>", "OTLP in JSON, an ExportTraceServiceRequest on each line, gzip or not; - for stdin")
    .option("--out <file>", "where the links go, one JSON object on each line; - for stdout", "-")
    .option("--no-trace-ids", "do not take a trace id on both sides as evidence");
  manual(command, {
    summary: "Find out which calls of recorded spans belong to which requests",
    more: "Parent ids in the input are ignored. A line of the output has a span, its parent (null: none was found) and the\nprobability that this is so. See docs/stitch.md.",
    examples: {
      "meshwise stitch --in spans.jsonl --out links.jsonl": "link what was recorded",
      "meshwise stitch --in - < spans.jsonl | jq 'select(.confidence < 0.9)'": "what is not sure",
      "meshwise stitch --in spans.jsonl --no-trace-ids": "by time alone, as if nothing had been propagated",
    },
  });
  command.action(
    act(async (context: Context, options: Options) => {
      const { recording } = await import("../../observatory/stitch/recording.ts");
      const spans = recording(options.traceIds);
      const leftOut = await read(context, options.in, spans);
      if (leftOut.length > 0) {
        await say(
          context,
          `left out: ${leftOut.length === 1 ? "" : `${leftOut.length}, the first of them `}${leftOut[0]}`,
        );
      }
      const links = await write(context, options.out, spans);
      if (options.out !== "-") await say(context, `${links} links written to ${options.out}`);
      return EXIT.ok;
    }),
  );
};

/** @returns what was left out, a sentence each */
async function read(context: Context, path: string, into: Recording): Promise<readonly string[]> {
  const { readSpans } = await import("../../protocol/otlp/spans.ts");
  const input = path === "-" ? process.stdin : await openToRead(context, path);
  const leftOut: string[] = [];
  let number = 0;
  let usable = 0;
  /** of a recording that was cut off the last line is half a one; of any other line that is a mistake */
  let unread: string | undefined;
  try {
    const text = await unpacked(input);
    for await (const line of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) {
      number++;
      if (line.trim() === "") continue;
      if (unread !== undefined) throw new MeshError("spans_invalid", unread);
      const spans = readSpans(line);
      if ("malformed" in spans) {
        unread = `${path}, line ${number} ${spans.malformed}`;
        continue;
      }
      for (const span of spans) {
        if ("malformed" in span) {
          leftOut.push(`${path}, line ${number} ${span.malformed}`);
          continue;
        }
        into.add(span);
        usable++;
      }
    }
    if (unread !== undefined) leftOut.push(unread);
    if (leftOut[0] !== undefined && usable === 0) throw new MeshError("spans_invalid", leftOut[0]);
    return leftOut;
  } catch (thrown) {
    throw asMeshError(thrown, "spans_unreadable");
  }
}

/** Of gzip if its first bytes say so. */
async function unpacked(input: NodeJS.ReadableStream): Promise<NodeJS.ReadableStream> {
  const chunks = input[Symbol.asyncIterator]();
  const first = await chunks.next();
  const all = async function* () {
    if (!first.done) yield first.value as Uint8Array;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value as Uint8Array;
  };
  const bytes = first.done ? Buffer.alloc(0) : Buffer.from(first.value);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  // Of bytes, not of characters: one may be cut in two.
  const raw = Readable.from(all(), { objectMode: false });
  if (!isGzip) return raw;
  const plain = createGunzip();
  raw.on("error", (thrown) => plain.destroy(thrown));
  return raw.pipe(plain);
}

/** Opened before it is read by lines: the reader of lines would wait for ever for what cannot be opened. */
async function openToRead(context: Context, path: string): Promise<NodeJS.ReadableStream> {
  try {
    const handle = await open(resolve(context.directory, path));
    if (!(await handle.stat()).isDirectory()) return handle.createReadStream();
    await handle.close();
  } catch (thrown) {
    throw new MeshError("spans_unreadable", `${path}: ${reason(thrown)}`, { cause: thrown });
  }
  throw new MeshError("spans_unreadable", `${path} is a folder`);
}

/** @returns how many */
async function write(context: Context, path: string, spans: Recording): Promise<number> {
  if (path === "-") return writeLinks(spans, (text) => context.out.write(text));
  try {
    const handle = await open(resolve(context.directory, path), "w");
    try {
      return await writeLinks(spans, (text) => handle.appendFile(text));
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    throw new MeshError("links_unwritable", `${path}: ${reason(thrown)}`, { cause: thrown });
  }
}

async function writeLinks(spans: Recording, put: (text: string) => Promise<void>): Promise<number> {
  let count = 0;
  let chunk = "";
  for (const link of spans.links()) {
    chunk += `${JSON.stringify(link)}\n`;
    if (++count % 1000 !== 0) continue;
    await put(chunk);
    chunk = "";
  }
  await put(chunk);
  return count;
}

function reason(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
