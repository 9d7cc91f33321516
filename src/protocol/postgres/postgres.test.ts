// Frames in whatever pieces they come, and names of statements that never hold a value.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { messageReader, readStartup, type Startup } from "./message.ts";
import { statementName } from "./statement.ts";

function frame(type: string, body: string): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, "latin1");
  head.writeInt32BE(4 + Buffer.byteLength(body), 1);
  return Buffer.concat([head, Buffer.from(body)]);
}

function opening(code: number, body = ""): Buffer {
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + Buffer.byteLength(body), 0);
  head.writeInt32BE(code, 4);
  return Buffer.concat([head, Buffer.from(body)]);
}

const TLS = 80877103;
const VERSION_3 = 196608;

function read(pieces: readonly Uint8Array[], isClient = false) {
  const seen: string[] = [];
  const reader = messageReader({
    ...(isClient && { opened: (what: Startup) => seen.push(what) > 0 }),
    began: (type) => (type === "Q" ? 6 : 0),
    ended: (type, body) => seen.push(body.length === 0 ? type : `${type} ${Buffer.from(body).toString("latin1")}`) > 0,
  });
  return { isRead: pieces.every((piece) => reader.read(piece)), seen };
}

test("a client opens, perhaps by asking for encryption first, and goes on with messages", () => {
  const bytes = Buffer.concat([
    opening(TLS),
    opening(VERSION_3, "user\0shop\0\0"),
    frame("p", "secret\0"),
    frame("Q", "BEGIN\0"),
  ]);

  expect(read([bytes], true)).toEqual({ isRead: true, seen: ["tls", "startup", "p", "Q BEGIN\0"] });
});

test("in any pieces", () => {
  const body = fc.string({ maxLength: 30 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom("Q", "Z", "D"), body), { maxLength: 8 }),
      fc.array(fc.nat()),
      (all, at) => {
        const bytes = Buffer.concat(all.map(([type, text]) => frame(type, text)));
        const places = [0, ...at.map((one) => one % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const pieces = places.slice(1).map((end, i) => bytes.subarray(places[i], end));

        expect(read(pieces)).toEqual(read([bytes]));
        expect(read(pieces).seen).toHaveLength(all.length);
      },
    ),
  );
});

test.each([
  ["a length below its own", Buffer.from("Q\0\0\0\x03")],
  ["a length beyond reason", Buffer.from("Q\xff\xff\xff\xff", "latin1")],
  ["no type", Buffer.from("\0\0\0\0\x04")],
])("not followed: %s", (_, bytes) => {
  expect(read([bytes]).isRead).toBe(false);
});

test("whatever comes, it neither throws nor hangs", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 5 }), fc.boolean(), (pieces, isClient) => {
      read(pieces, isClient);
      for (const piece of pieces) readStartup(piece);
    }),
  );
});

describe("the name of a statement", () => {
  test.each([
    ["SELECT * FROM orders WHERE id = $1", "SELECT orders"],
    ["select count(*)\n from   shop.orders o join x on true", "SELECT shop.orders"],
    ['SELECT 1 FROM "Order" WHERE a', "SELECT Order"],
    ["SELECT 'FROM secret' AS x", "SELECT"],
    ["SELECT 'it''s FROM secret', 1 FROM a", "SELECT a"],
    ["SELECT E'it\\'s FROM secret', 1 FROM a", "SELECT a"],
    ["SELECT $$ FROM secret $$ FROM a", "SELECT a"],
    ["SELECT $t$ FROM $$ secret $t$ FROM a", "SELECT a"],
    ["/* FROM secret */ -- FROM secret\n SELECT 1 FROM a", "SELECT a"],
    ["SELECT 'cut off FROM secret", "SELECT"],
    ["SELECT now()", "SELECT"],
    ["SELECT * FROM generate_series(1, 3)", "SELECT"],
    ["SELECT * FROM (SELECT 1 FROM b) x", "SELECT b"],
    ["INSERT INTO orders (id) VALUES ('secret')", "INSERT orders"],
    ["insert into orders values (1)", "INSERT orders"],
    ["UPDATE ONLY stock SET n = 1", "UPDATE stock"],
    ["DELETE FROM stock WHERE true", "DELETE stock"],
    ["COPY stock FROM STDIN", "COPY stock"],
    ["(SELECT 1 FROM a)", "SELECT a"],
    ["WITH x AS (SELECT 1 FROM a) SELECT * FROM x", "WITH"],
    ["BEGIN", "BEGIN"],
    [";commit;", "COMMIT"],
    ["hunter2", "OTHER"],
    ["", "OTHER"],
  ])("%s", (sql, name) => {
    expect(statementName(sql)).toBe(name);
  });

  test("has no value in it, wherever the statement is cut off", () => {
    const sql = "SELECT a, 'hunter2 FROM hunter2', E'\\' FROM hunter2 ', $$hunter2$$ FROM b WHERE c = 'hunter2' -- ok";
    for (let length = 0; length <= sql.length; length++) {
      expect(statementName(sql.slice(0, length))).not.toContain("hunter2");
    }
  });
});
