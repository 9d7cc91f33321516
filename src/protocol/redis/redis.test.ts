// Commands and replies in whatever pieces they come; nothing of values; what is no RESP is told.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { commandReader } from "./command.ts";
import { replyReader } from "./reply.ts";

const bytes = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
const command = (...words: string[]) =>
  `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`;

function commands(pieces: readonly Uint8Array[]): { names: string[]; isRead: boolean } {
  const names: string[] = [];
  const reader = commandReader({
    began: () => {},
    ended: (name, mayWait) => names.push(mayWait ? `${name} waits` : name),
  });
  return { isRead: pieces.every((piece) => reader.read(piece)), names };
}

function replies(pieces: readonly Uint8Array[]): { ends: (string | undefined)[]; isRead: boolean } {
  const ends: (string | undefined)[] = [];
  const reader = replyReader({ began: () => {}, ended: (error) => ends.push(error) });
  return { isRead: pieces.every((piece) => reader.read(piece)), ends };
}

const cut = (text: string, at: readonly number[]): Uint8Array[] => {
  const all = bytes(text);
  const places = [0, ...[...at].map((one) => one % (all.length + 1)).sort((a, b) => a - b), all.length];
  return places.slice(1).map((end, i) => all.subarray(places[i], end));
};

describe("commands", () => {
  test.each([
    [command("GET", "key"), ["GET"]],
    [command("set", "key", "\r\n*1\r\n$4\r\nPING\r\n"), ["SET"]],
    [command("SET", "key", ""), ["SET"]],
    [command("BLPOP", "queue", "0"), ["BLPOP waits"]],
    [command("XREAD", "COUNT", "2", "BLOCK", "100", "STREAMS", "s", "$"), ["XREAD waits"]],
    [command("XREAD", "COUNT", "2", "STREAMS", "s", "0"), ["XREAD"]],
    [command("secret value"), ["OTHER"]],
    [command("a".repeat(1_000)), ["OTHER"]],
    [command("MULTI") + command("INCR", "n") + command("EXEC"), ["MULTI", "INCR", "EXEC"]],
  ])("%j", (text, names) => {
    expect(commands([bytes(text)])).toEqual({ names, isRead: true });
  });

  test.each([
    ["by hand", "PING\r\n"],
    ["no count", "*x\r\n"],
    ["nothing", "*0\r\n"],
    ["too many", "*99999999\r\n$1\r\na\r\n"],
    ["too long", "*1\r\n$9999999999\r\n"],
    ["no end", "*1\r\n$1\r\nab\r\n"],
    ["a subscriber", command("SUBSCRIBE", "news")],
    ["nobody answers", command("CLIENT", "REPLY", "OFF")],
  ])("not followed: %s", (_, text) => {
    expect(commands([bytes(text)]).isRead).toBe(false);
  });

  test("in any pieces", () => {
    const word = fc.string({ unit: "binary", maxLength: 40 }).map((text) => Buffer.from(text).toString("latin1"));
    const one = fc.tuple(fc.constantFrom("GET", "SET", "BRPOP", "HSET"), fc.array(word, { maxLength: 5 }));
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(), { maxLength: 12 }), (all, at) => {
        const text = all.map(([name, rest]) => command(name, ...rest)).join("");
        const names = all.map(([name]) => (name === "BRPOP" ? "BRPOP waits" : name));
        expect(commands(cut(text, at))).toEqual({ names, isRead: true });
      }),
    );
  });
});

describe("replies", () => {
  const ALL: readonly (readonly [string, (string | undefined)[]])[] = [
    ["+OK\r\n", [undefined]],
    ["-ERR unknown\r\n", ["ERR"]],
    ["-WRONGTYPE Operation\r\n", ["WRONGTYPE"]],
    ["-secret\r\n", ["ERR"]],
    [":12\r\n", [undefined]],
    ["$-1\r\n", [undefined]],
    ["$0\r\n\r\n", [undefined]],
    ["$5\r\n+a\r\nb\r\n", [undefined]],
    ["*-1\r\n", [undefined]],
    ["*0\r\n", [undefined]],
    ["*2\r\n*1\r\n$1\r\na\r\n:1\r\n", [undefined]],
    ["*2\r\n-ERR inner\r\n+OK\r\n", [undefined]],
    ["%1\r\n+a\r\n*2\r\n:1\r\n_\r\n", [undefined]],
    ["|1\r\n+ttl\r\n:3\r\n$1\r\nx\r\n", [undefined]],
    ["!9\r\nNOAUTH no\r\n", ["NOAUTH"]],
    [">2\r\n+message\r\n+x\r\n+OK\r\n", [undefined]],
    [",1.5\r\n#t\r\n(123\r\n=5\r\ntxt:x\r\n~1\r\n:1\r\n", [undefined, undefined, undefined, undefined, undefined]],
  ];

  test.each([...ALL])("%j", (text, ends) => {
    expect(replies([bytes(text)])).toEqual({ ends, isRead: true });
  });

  test("in any pieces, one after the other", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...ALL), { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (some, at) => {
          const text = some.map(([one]) => one).join("");
          expect(replies(cut(text, at))).toEqual({ ends: some.flatMap(([, ends]) => ends), isRead: true });
        },
      ),
    );
  });

  test.each([
    ["no type", "hello\r\n"],
    ["no number", "$x\r\n"],
    ["a value that does not end", "$1\r\nab\r\n"],
    ["a push inside of a reply", "*1\r\n>1\r\n+x\r\n"],
    ["a line without end", `+${"x".repeat(70_000)}`],
    ["too many values", "*9999999999\r\n"],
  ])("not followed: %s", (_, text) => {
    expect(replies([bytes(text)]).isRead).toBe(false);
  });

  test("whatever comes, it neither throws nor hangs", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), (pieces) => {
        replies(pieces);
        commands(pieces);
      }),
    );
  });
});
