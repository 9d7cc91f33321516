import { expect, test } from "bun:test";
import {
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../test/support/eventually.ts";
import { type Channel, channelPair, openChannel } from "./channel.ts";
import { closeFd } from "./libc.ts";
import { spawnProcess } from "./spawn.ts";

type Note = { readonly text: string; readonly n?: number };

function pair(): { a: Channel<Note, Note>; b: Channel<Note, Note> } {
  const { here, there } = channelPair();
  return { a: openChannel<Note, Note>(here), b: openChannel<Note, Note>(there) };
}

function collect(channel: Channel<Note, Note>) {
  const got: { message: Note; fds: readonly number[] }[] = [];
  channel.onMessage((message, fds) => got.push({ message, fds }));
  return got;
}

test("messages arrive in the order they were sent, both ways", async () => {
  const { a, b } = pair();
  const atA = collect(a);
  const atB = collect(b);

  for (let n = 0; n < 1000; n++) {
    a.send({ text: "ü", n });
    b.send({ text: "y", n });
  }
  await eventually(() => atA.length === 1000 && atB.length === 1000);

  expect(atB.map((m) => m.message.n)).toEqual(Array.from({ length: 1000 }, (_, n) => n));
  expect(atA.map((m) => m.message.n)).toEqual(Array.from({ length: 1000 }, (_, n) => n));
  expect(atB[0]?.message.text).toBe("ü");
  a.close();
});

test("a message far larger than the socket's buffer arrives whole", async () => {
  const { a, b } = pair();
  const got = collect(b);
  const text = "é".repeat(3_000_000);

  a.send({ text });
  a.send({ text: "after" });
  await eventually(() => got.length === 2);

  expect(got[0]?.message.text === text).toBe(true);
  expect(got[1]?.message.text).toBe("after");
  a.close();
});

test("a message carries several descriptors, which stay the sender's too", async () => {
  const { a, b } = pair();
  const got = collect(b);
  const directory = mkdtempSync(join(tmpdir(), "channel-"));
  const paths = ["x", "y", "z"].map((name) => join(directory, name));
  for (const path of paths) writeFileSync(path, path);
  const fds = paths.map((path) => openSync(path, "r"));

  a.send({ text: "files" }, fds);
  for (const fd of fds) closeSync(fd); // the copy is under way
  await eventually(() => got.length === 1);

  expect(got[0]?.fds.map((fd) => readFileSync(fd, "utf8"))).toEqual(paths);
  for (const fd of got[0]?.fds ?? []) closeFd(fd);
  a.close();
  rmSync(directory, { recursive: true });
});

test("more descriptors than the lane holds arrive all, each with its own message", async () => {
  const { a, b } = pair();
  const open = openFds();
  const fds = Array.from({ length: 3 }, () => openSync("/dev/null", "r"));
  for (let n = 0; n < 2000; n++) a.send({ text: "fds", n }, n % 2 === 0 ? fds : []);
  let wrong = 0;
  let next = 0;

  b.onMessage((message, received) => {
    if (message.n !== next++ || received.length !== (message.n % 2 === 0 ? 3 : 0)) wrong++;
    for (const fd of received) closeFd(fd);
  });
  await eventually(() => next === 2000);

  expect(wrong).toBe(0);
  for (const fd of fds) closeSync(fd);
  a.close();
  b.close();
  await eventually(() => openFds() <= open, { withinMs: 2000 });
});

test("what came before there was a handler is kept, and comes first", async () => {
  const { a, b } = pair();
  const fd = openSync("/dev/null", "r");
  const before = openFds();
  a.send({ text: "early" }, [fd]);
  await eventually(() => openFds() > before); // its descriptor is here, so it has been read

  const got = collect(b);
  a.send({ text: "late" });
  await eventually(() => got.length === 2);

  expect(got.map((m) => m.message.text)).toEqual(["early", "late"]);
  for (const one of [fd, ...got.flatMap((m) => m.fds)]) closeSync(one);
  a.close();
});

test("the other end learns of a close once, after all that was sent before", async () => {
  const { a, b } = pair();
  const got = collect(b);
  let closed = 0;
  b.onClose(() => closed++);

  a.send({ text: "x".repeat(2_000_000) });
  a.send({ text: "last" });
  a.close();
  await eventually(() => closed > 0);

  expect(got.at(-1)?.message.text).toBe("last");
  expect(closed).toBe(1);
});

test("a peer that sends something else is cut off", async () => {
  const { here, there } = channelPair();
  const a = openChannel<Note, Note>(here);
  let closed = false;
  a.onClose(() => {
    closed = true;
  });
  a.onMessage(() => {});

  writeFileSync(there[0], "no json\n");
  await eventually(() => closed);

  closeFd(there[0]);
  closeFd(there[1]);
});

test("a child talks over descriptors 3 and 4, its death closes the channel, and no end leaks into its children", async () => {
  const directory = mkdtempSync(join(tmpdir(), "channel-"));
  const main = join(directory, "child.ts");
  writeFileSync(
    main,
    `import { openChannel } from ${JSON.stringify(join(import.meta.dir, "channel.ts"))};
     const channel = openChannel([3, 4]);
     channel.onMessage((message, fds) => {
       const grandchild = Bun.spawnSync(["ls", "/proc/self/fd"]);
       const leaked = grandchild.stdout.toString().trim().split("\\n").filter((fd) => Number(fd) > 3); // 3 is ls's own
       channel.send({ text: message.text + " " + process.argv[2], n: leaked.length }, fds);
     });
     channel.onClose(() => process.exit(0));`,
  );
  const { process: child, channel } = spawnProcess<Note, Note>(main, ["argument"]);
  const got = collect(channel);
  let closed = false;
  channel.onClose(() => {
    closed = true;
  });
  const fd = openSync(main, "r");

  channel.send({ text: "hello" }, [fd]);
  await eventually(() => got.length === 1);
  expect(got[0]?.message.text).toBe("hello argument");
  expect(fstatSync(got[0]?.fds[0] as number).ino).toBe(fstatSync(fd).ino);
  child.kill("SIGKILL");
  await eventually(() => closed);

  expect(got[0]?.message.n).toBe(0);
  closeSync(fd);
  rmSync(directory, { recursive: true });
});

function openFds(): number {
  let count = 0;
  for (let fd = 0; fd < 4096; fd++) {
    try {
      readlinkSync(`/proc/self/fd/${fd}`);
      count++;
    } catch {}
  }
  return count;
}
