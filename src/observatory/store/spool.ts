// Batches that came and are not stored yet, as they came, in files: exchanges wait some seconds to be stitched, and a
// process that is killed meanwhile must not take them with it. Not synced: a machine that loses power loses seconds.
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writevSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import type { Sample } from "../../model/telemetry.ts";

export type Left = { readonly samples: readonly Sample[]; readonly batches: readonly Uint8Array[] };

export type Spool = {
  batch(bytes: Uint8Array): void;
  /** says who is who in the batches to come */
  sample(sample: Sample): void;
  /** what an earlier process left; the same until `forgetLeft` */
  left(): Left;
  forgetLeft(): void;
  /** everything is stored */
  clear(): void;
};

const FILE_US = 10e6;
/** a file goes when so many newer ones are there: all that is in it was stored, or is waiting because the store is away */
const KEPT_FILES = 4;
const FILE_BYTES = 64 << 20;
const NAME = /^(\d+)\.spool$/;
const SAMPLE = 0;
const BATCH = 1;
const HEAD_BYTES = 8;

export function spool(directory: string, clock: Clock, log: (text: string) => void): Spool {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const before = numbersIn(directory);
  const path = (number: number) => join(directory, `${number}.spool`);
  const remove = (numbers: readonly number[]) => {
    for (const number of numbers) rmSync(path(number), { force: true });
  };
  let next = (before.at(-1) ?? 0) + 1;
  let files: number[] = [];
  let open: { readonly fd: number; readonly sinceUs: number; bytes: number } | undefined;
  let latest: Sample | undefined;
  let isFailing = false;

  const write = (kind: number, bytes: Uint8Array) => {
    if (!open) return;
    const head = new Uint8Array(HEAD_BYTES);
    new DataView(head.buffer).setUint32(0, bytes.length, true);
    new DataView(head.buffer).setUint32(4, kind, true);
    writevSync(open.fd, [head, bytes]);
    open.bytes += HEAD_BYTES + bytes.length;
  };
  const turn = () => {
    if (open && clock.nowUs() - open.sinceUs < FILE_US && open.bytes < FILE_BYTES) return;
    close();
    files.push(next);
    open = { fd: openSync(path(next++), "a", 0o600), sinceUs: clock.nowUs(), bytes: 0 };
    remove(files.slice(0, -KEPT_FILES));
    files = files.slice(-KEPT_FILES);
    if (latest) write(SAMPLE, Buffer.from(JSON.stringify(latest)));
  };
  const close = () => {
    if (open) closeSync(open.fd);
    open = undefined;
  };
  /** A full disk is the store's trouble; here it only means that a kill would cost more. */
  const attempt = (act: () => void) => {
    try {
      act();
      isFailing = false;
    } catch (thrown) {
      if (!isFailing) log(`spool: ${String(thrown)}`);
      isFailing = true;
      close();
    }
  };

  return {
    batch(bytes) {
      attempt(() => {
        turn();
        write(BATCH, bytes);
      });
    },
    sample(sample) {
      const isFirst = !latest;
      latest = sample;
      if (isFirst) attempt(() => write(SAMPLE, Buffer.from(JSON.stringify(sample))));
    },
    left: () => read(before.map(path)),
    forgetLeft: () => remove(before.splice(0)),
    clear() {
      close();
      remove(files);
      files = [];
    },
  };
}

function numbersIn(directory: string): number[] {
  return readdirSync(directory)
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** What was cut off while it was written is left out. */
function read(paths: readonly string[]): Left {
  const samples: Sample[] = [];
  const batches: Uint8Array[] = [];
  for (const path of paths) {
    const bytes = readFileSync(path);
    for (let at = 0; at + HEAD_BYTES <= bytes.length; ) {
      const [length, kind] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
      at += HEAD_BYTES + length;
      if (at > bytes.length) break;
      const record = bytes.subarray(at - length, at);
      if (kind === BATCH) batches.push(record);
      else if (kind === SAMPLE) samples.push(JSON.parse(record.toString("utf8")) as Sample);
    }
  }
  return { samples, batches };
}
