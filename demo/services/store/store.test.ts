// The store, spoken to over TCP on loopback.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start } from "../../testing.ts";
import { storeClient } from "../lib/store-client.ts";

let directory: string;
let store: Awaited<ReturnType<typeof start>>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "shop-store-"));
  store = await start("store", { DATA_DIR: directory });
});

afterEach(async () => {
  store.process.kill("SIGKILL");
  await store.process.exited;
  await rm(directory, { recursive: true, force: true });
});

function client() {
  return storeClient({ host: "127.0.0.1", port: store.port, timeoutMs: 5_000, idleMs: 5_000 });
}

/** sends raw bytes, resolves to everything the store says until it closes */
function say(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = "";
    const socket = connect(store.port, "127.0.0.1", () => socket.end(text));
    socket.on("data", (chunk) => {
      heard += chunk;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(heard));
  });
}

async function killAndRestart(): Promise<void> {
  store.process.kill("SIGKILL");
  await store.process.exited;
  store = await start("store", { DATA_DIR: directory });
}

test("what was put is got, what was deleted is gone, also with newlines and letters of more than a byte", async () => {
  const { get, put, delete: remove, close } = client();

  await put("a", "1\n2 é");
  await put("b", "");
  await remove("a");

  expect([await get("a"), await get("b"), await get("c")]).toEqual([undefined, "", undefined]);
  close();
});

test("commands in one segment are answered in order", async () => {
  expect(await say("PUT k 3\nabc\nGET k\nPING\nDEL k\nGET k\n")).toBe("OK\nVALUE 3\nabc\nPONG\nOK\nNONE\n");
});

test("everything acknowledged survives kill -9", async () => {
  const before = client();
  await Promise.all(Array.from({ length: 200 }, (_, i) => before.put(`k${i}`, `v${i}`)));
  await before.delete("k7");
  before.close();

  await killAndRestart();

  const after = client();
  expect([await after.get("k0"), await after.get("k7"), await after.get("k199")]).toEqual(["v0", undefined, "v199"]);
  after.close();
});

test("a record that a crash left half-written is cut off, and what follows is kept", async () => {
  const { put, close } = client();
  await put("a", "1");
  close();
  await appendFile(join(directory, "store.log"), "1 100\nbhalf");

  await killAndRestart();
  const second = client();
  await second.put("c", "3");
  second.close();
  await killAndRestart();

  const third = client();
  expect([await third.get("a"), await third.get("b"), await third.get("c")]).toEqual(["1", undefined, "3"]);
  third.close();
});

test.each([
  ["an unknown command", "HELLO\n"],
  ["a value longer than announced", "PUT k 1\nabc\n"],
  ["a value larger than allowed", "PUT k 9999999\n"],
  ["a line without end", "x".repeat(600)],
])("%s is refused and the connection closed", async (_, text) => {
  expect(await say(text)).toStartWith("ERROR ");
});
