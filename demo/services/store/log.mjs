// An append-only file of changes: the whole truth of the store. A record is
//   <bytes of key> <bytes of value or -1 for a deletion>\n<key><value>\n
// One fdatasync covers all changes that arrived while the one before was running.
import { open, rename } from "node:fs/promises";

/** Reads the file, cuts off a record that a crash left half-written, and compacts when most of it is dead. */
export async function openLog(path) {
  const values = new Map();
  let file = await open(path, "a+");
  const content = await file.readFile();
  const whole = replay(content, values);
  if (whole < content.length) await file.truncate(whole);
  if (whole > 4 * liveBytes(values) + 65_536) file = await compact(path, file, values);

  let waiting = [];
  let isWriting = false;
  let failure;

  async function write() {
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await file.appendFile(Buffer.concat(batch.map((change) => change.record)));
        await file.datasync();
      } catch (error) {
        failure = error; // what reached the disk is unknown now: accept nothing more
      }
      for (const change of batch) failure ? change.reject(failure) : change.resolve();
    }
    isWriting = false;
  }

  /** Resolves when the change is on the disk. @param value a Buffer, or null to delete */
  function append(key, value) {
    if (failure) return Promise.reject(failure);
    return new Promise((resolve, reject) => {
      waiting.push({ record: encode(key, value), resolve, reject });
      if (!isWriting) void write(); // it never rejects: it tells each change
    });
  }

  return { values, append, close: () => file.close() };
}

function encode(key, value) {
  const name = Buffer.from(key);
  return Buffer.concat([
    Buffer.from(`${name.length} ${value ? value.length : -1}\n`),
    name,
    value ?? Buffer.alloc(0),
    Buffer.from("\n"),
  ]);
}

/** Applies every whole record; returns where the first broken one begins. */
function replay(content, values) {
  let at = 0;
  while (at < content.length) {
    const lineEnd = content.indexOf(10, at);
    const sizes = lineEnd < 0 ? null : /^(\d+) (-1|\d+)$/.exec(content.toString("latin1", at, lineEnd));
    if (!sizes) return at;
    const keyEnd = lineEnd + 1 + Number(sizes[1]);
    const end = keyEnd + Math.max(Number(sizes[2]), 0);
    if (end >= content.length || content[end] !== 10) return at;
    const key = content.toString("utf8", lineEnd + 1, keyEnd);
    if (sizes[2] === "-1") values.delete(key);
    else values.set(key, Buffer.from(content.subarray(keyEnd, end)));
    at = end + 1;
  }
  return at;
}

function liveBytes(values) {
  let bytes = 0;
  for (const [key, value] of values) bytes += key.length + value.length + 16;
  return bytes;
}

async function compact(path, old, values) {
  const fresh = await open(`${path}.new`, "w");
  for (const [key, value] of values) await fresh.appendFile(encode(key, value));
  await fresh.datasync();
  await rename(`${path}.new`, path);
  await old.close();
  await fresh.close();
  return open(path, "a");
}
