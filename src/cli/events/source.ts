// Bytes of a file or of stdin as text: unpacked when they are gzip, decoded as their first bytes say.
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { MeshError } from "../../base/errors/index.ts";
import type { Context } from "../context.ts";

/** @param path - is stdin */
export async function* textOf(context: Context, path: string): AsyncGenerator<string> {
  try {
    const raw = path === "-" ? process.stdin : await openToRead(context, path);
    yield* decoded(await unpacked(raw));
  } catch (thrown) {
    if (thrown instanceof MeshError) throw thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new MeshError("events_unreadable", `${path}: ${reason}`, { cause: thrown });
  }
}

async function openToRead(context: Context, path: string): Promise<AsyncIterable<Buffer>> {
  const handle = await open(resolve(context.directory, path));
  if (!(await handle.stat()).isDirectory()) return handle.createReadStream({ highWaterMark: 1 << 18 });
  await handle.close();
  throw new MeshError("events_unreadable", `${path} is a folder`);
}

async function unpacked(raw: AsyncIterable<Buffer>): Promise<AsyncIterable<Buffer>> {
  const chunks = raw[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  // A pipe may bring its first bytes one by one.
  while (head.length < 3) {
    const { value, done } = await chunks.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  const all = Readable.from(
    (async function* () {
      if (head.length > 0) yield head;
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
    })(),
    { objectMode: true },
  );
  if (head[0] !== 0x1f || head[1] !== 0x8b) return all;
  const gunzip = createGunzip();
  // What fails on the way reaches whoever reads the end of it.
  pipeline(all, gunzip, () => {});
  return gunzip;
}

async function* decoded(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  for await (const chunk of bytes) {
    decoder ??= new TextDecoder(encodingOf(chunk));
    yield decoder.decode(chunk, { stream: true });
  }
  if (decoder) yield decoder.decode();
}

function encodingOf(head: Buffer): "utf-8" | "utf-16le" {
  return head[0] === 0xff && head[1] === 0xfe ? "utf-16le" : "utf-8";
}
