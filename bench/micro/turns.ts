// What reading along on an opaque connection costs a turn, ns, its record not included. `bun bench/micro/turns.ts`
import { follower } from "../../src/proxy/turns/follow.ts";
import { measure } from "./measure.ts";

const message = (type: string, body: string) => {
  const head = Buffer.alloc(4);
  head.writeInt32BE(4 + Buffer.byteLength(body));
  return Buffer.concat([Buffer.from(type), head, Buffer.from(body)]);
};
const ready = message("Z", "I");
const bind = Buffer.concat([message("B", "\0byId\0\0\0\0\0\0\0"), message("E", "\0\0\0\0\0"), message("S", "")]);
const startup = Buffer.concat([Buffer.from([0, 0, 0, 19, 0, 3, 0, 0]), Buffer.from("user\0shop\0\0")]);
const parse = Buffer.concat([message("P", "byId\0SELECT * FROM stock WHERE id = $1\0\0\0"), message("S", "")]);
const rows = Buffer.concat([message("2", ""), message("D", "x".repeat(500)), message("C", "SELECT 1\0"), ready]);

let turns = 0;
const cases: [name: string, first: [Buffer, Buffer][], request: Buffer, answer: Buffer][] = [
  ["redis GET", [], Buffer.from("*2\r\n$3\r\nGET\r\n$7\r\nsession\r\n"), Buffer.from(`$500\r\n${"x".repeat(500)}\r\n`)],
  [
    "redis SET of 100 KB",
    [],
    Buffer.from(`*3\r\n$3\r\nSET\r\n$1\r\na\r\n$100000\r\n${"x".repeat(100_000)}\r\n`),
    Buffer.from("+OK\r\n"),
  ],
  [
    "postgres, prepared",
    [
      [startup, ready],
      [parse, Buffer.concat([message("1", ""), ready])],
    ],
    bind,
    rows,
  ],
  ["postgres, simple", [[startup, ready]], message("Q", "SELECT * FROM stock WHERE id = 17 AND name = 'pen'\0"), rows],
  ["by direction", [], Buffer.from("\x16 question"), Buffer.from("\x16 answer")],
];
for (const [name, first, request, answer] of cases) {
  const one = follower(() => turns++);
  const exchange = (asked: Buffer, answered: Buffer) => {
    one.asked(asked, 1);
    one.answered(answered, 2);
  };
  for (const [asked, answered] of first) exchange(asked, answered);
  measure(name, () => {
    exchange(request, answer);
    return turns;
  });
}
