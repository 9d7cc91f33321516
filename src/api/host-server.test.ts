import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../base/clock.ts";
import { type HostApi, serveHost } from "./host-server.ts";
import type { LogLine } from "./host-types.ts";

/** the limit that Bun has by itself is 10 s */
const QUIET_MS = 11_000;

test("logs that are quiet for long are followed on", async () => {
  const folder = await mkdtemp(join(tmpdir(), "host-server-test-"));
  const socket = join(folder, "host.sock");
  const line: LogLine = { timeUs: 1, workload: "web-1", stream: "stdout", text: "hello" };
  const logs: HostApi["logs"] = async function* (_query, signal) {
    yield [line];
    await systemClock.sleep(QUIET_MS, signal);
    yield [{ ...line, text: "still here" }];
  };
  const server = serveHost(socket, { logs } as HostApi);

  const text = await (await fetch("http://host/logs?follow=1", { unix: socket })).text();

  expect(
    text
      .trim()
      .split("\n")
      .filter(Boolean)
      .map((row) => JSON.parse(row).text),
  ).toEqual(["hello", "still here"]);
  await server.close();
  await rm(folder, { recursive: true, force: true });
}, 30_000);
