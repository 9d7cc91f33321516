import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../base/clock.ts";
import { type HostApi, serveHost } from "./host-server.ts";

/** the runtime ends quiet answers after ten seconds, and looks every few */
const QUIET_MS = 13_000;

test("an answer that is quiet for longer than the runtime waits is not cut off", async () => {
  const folder = mkdtempSync(join(tmpdir(), "meshwise-door-"));
  const socket = join(folder, "host.sock");
  const run: HostApi["run"] = async (_, emit) => {
    emit({ type: "started", id: 1 });
    await systemClock.sleep(QUIET_MS);
    emit({ type: "exit", exitCode: 0 });
  };
  const server = serveHost(socket, { run } as HostApi);

  const body = JSON.stringify({ command: ["a"], workingDirectory: "/", environment: {} });
  const options = { unix: socket, method: "POST", body, timeout: false };
  const answer = await fetch("http://host/run", options as RequestInit);

  expect(await answer.text()).toBe('{"type":"started","id":1}\n{"type":"exit","exitCode":0}\n');
  await server.close();
  rmSync(folder, { recursive: true });
}, 60_000);
