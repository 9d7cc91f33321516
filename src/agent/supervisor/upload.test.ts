import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../../test/support/eventually.ts";
import { systemClock } from "../../base/clock.ts";
import { uploader } from "./upload.ts";

function observatory(socket: string, answer: () => number) {
  const got: string[] = [];
  const server = Bun.serve({
    unix: socket,
    async fetch(request) {
      const body = await request.bytes();
      const status = answer();
      if (status < 300) got.push(`${new URL(request.url).pathname} ${body.length}`);
      return new Response(null, { status });
    },
  });
  return { got, stop: () => server.stop(true) };
}

function directory() {
  const path = mkdtempSync(join(tmpdir(), "upload-"));
  return { socket: join(path, "s"), remove: () => rmSync(path, { recursive: true }) };
}

test("what waits while the observatory is down arrives in order when it is back", async () => {
  const { socket, remove } = directory();
  const upload = uploader(socket, systemClock);
  for (let size = 1; size <= 5; size++) upload.spans(new Uint8Array(size), 1);
  upload.sample("old");
  upload.sample("newest");

  const there = observatory(socket, () => 204);
  await eventually(() => there.got.length === 6);

  expect(there.got).toEqual([1, 2, 3, 4, 5].map((size) => `/ingest/spans ${size}`).concat("/ingest/sample 6"));
  expect(upload.lost()).toBe(0);
  there.stop();
  remove();
});

test("a batch that met an error of the observatory's is sent again; one that it refuses is lost and counted", async () => {
  const { socket, remove } = directory();
  const answers = [503, 204, 400, 204];
  const there = observatory(socket, () => answers.shift() ?? 204);
  const upload = uploader(socket, systemClock);

  upload.spans(new Uint8Array(1), 10);
  upload.spans(new Uint8Array(2), 20);
  upload.spans(new Uint8Array(3), 40);
  await eventually(() => there.got.length === 2);

  expect(there.got).toEqual(["/ingest/spans 1", "/ingest/spans 3"]);
  expect(upload.lost()).toBe(20);
  there.stop();
  remove();
});

test("the queue is bounded: the oldest spans are given up first, and counted", async () => {
  const { socket, remove } = directory();
  const upload = uploader(socket, systemClock);
  const size = 8 << 20;

  for (let n = 0; n < 6; n++) upload.spans(new Uint8Array(size + n), 100);

  expect(upload.lost()).toBe(300);
  const there = observatory(socket, () => 204);
  await eventually(() => there.got.at(-1) === `/ingest/spans ${size + 5}`);
  // the first one may have been on its way
  expect(there.got.slice(-3)).toEqual([3, 4, 5].map((n) => `/ingest/spans ${size + n}`));
  there.stop();
  remove();
});
