// `meshwise stitch` as a user runs it: files and pipes in, links out, mistakes with their line.
import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { inFolder, meshwise } from "../support/command-line.ts";

type Made = {
  readonly id: string;
  readonly kind: number;
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly peer?: string;
};

/** @param spans times in µs */
function line(service: string, spans: readonly Made[]): string {
  const nanos = (us: number) => String(1_700_000_000_000_000_000n + BigInt(us) * 1000n);
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: [text("service.name", service)] },
        scopeSpans: [
          {
            spans: spans.map(({ id, kind, name, from, to, peer }) => ({
              ...{ spanId: id, kind, name, startTimeUnixNano: nanos(from), endTimeUnixNano: nanos(to) },
              parentSpanId: "wrong",
              attributes: peer === undefined ? [] : [text("meshwise.peer_span_id", peer)],
            })),
          },
        ],
      },
    ],
  });
}

/** thirty requests of a shop that each ask the cart, whose clock is ahead, in no order of time */
function recorded(isPeerKnown = true): string {
  const lines: string[] = [];
  for (let i = 29; i >= 0; i--) {
    const at = i * 20_000 + ((i * 7919) % 9000);
    const from = at + 700 + 40_000;
    const peer = isPeerKnown ? { peer: `call-${i}` } : {};
    lines.push(line("cart", [{ id: `cart-${i}`, kind: 2, name: "GET /", from, to: from + 1300, ...peer }]));
    lines.push(
      line("shop", [
        { id: `shop-${i}`, kind: 2, name: "GET /", from: at, to: at + 4000 },
        { id: `call-${i}`, kind: 3, name: "GET /", from: at + 500, to: at + 2300 },
      ]),
    );
  }
  return `${lines.join("\n")}\n`;
}

function parents(links: string): Map<string, string | null> {
  return new Map(
    links
      .trim()
      .split("\n")
      .map((text) => JSON.parse(text))
      .map(({ span, parent }) => [span, parent]),
  );
}

test("a recording's calls are linked to requests, and requests to the calls they came by", async () => {
  await inFolder(async (directory) => {
    writeFileSync(join(directory, "spans.jsonl"), recorded());

    const { code, err } = await meshwise(["stitch", "--in", "spans.jsonl", "--out", "links.jsonl"], { directory });

    const found = parents(readFileSync(join(directory, "links.jsonl"), "utf8"));
    expect({ code, err }).toEqual({ code: 0, err: "90 links written to links.jsonl\n" });
    for (let i = 0; i < 30; i++) {
      expect(found.get(`call-${i}`)).toBe(`shop-${i}`);
      expect(found.get(`cart-${i}`)).toBe(`call-${i}`);
      expect(found.get(`shop-${i}`)).toBeNull();
    }
  });
});

test("a request is linked to the call it came by without being told, across clocks that differ", async () => {
  const { code, out } = await meshwise(["stitch", "--in", "-"], { input: recorded(false) });

  const found = parents(out);
  expect(code).toBe(0);
  for (let i = 0; i < 30; i++) {
    expect(found.get(`cart-${i}`)).toBe(`call-${i}`);
    expect(found.get(`shop-${i}`)).toBeNull();
  }
});

test("- is stdin and stdout", async () => {
  const { code, out, err } = await meshwise(["stitch", "--in", "-", "--out", "-"], { input: recorded() });

  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(parents(out).size).toBe(90);
});

test("what is packed with gzip is read as what is in it", async () => {
  await inFolder(async (directory) => {
    writeFileSync(join(directory, "spans.jsonl.gz"), gzipSync(recorded()));
    writeFileSync(join(directory, "torn.gz"), gzipSync(recorded()).subarray(0, 400));

    const { code, out } = await meshwise(["stitch", "--in", "spans.jsonl.gz"], { directory });
    const torn = await meshwise(["stitch", "--in", "torn.gz"], { directory });

    expect(code).toBe(0);
    expect(parents(out).size).toBe(90);
    expect(torn.code).toBe(1);
    expect(torn.err).toStartWith("error: The recorded spans cannot be read: ");
  });
});

test("a recording that was cut off, and spans that cannot be used, are no reason to refuse the rest", async () => {
  const endless = { spanId: "ee", kind: 2, startTimeUnixNano: "1700000000000000000" };
  const input = `${JSON.stringify({ scopeSpans: [{ spans: [endless] }] })}\n${recorded()}\n${line("web", []).slice(0, 40)}`;

  const { code, out, err } = await meshwise(["stitch", "--in", "-"], { input });

  expect(code).toBe(0);
  expect(parents(out).size).toBe(90);
  expect(err).toBe("left out: 2, the first of them -, line 1 has span ee without endTimeUnixNano\n");
});

test("a span that was sent twice is linked once", async () => {
  const { out } = await meshwise(["stitch", "--in", "-"], { input: `${recorded()}\n${recorded()}` });

  expect(out.trim().split("\n")).toHaveLength(90);
});

test.each([
  [
    "not JSON",
    `${line("a", [])}\nnonsense\n`,
    "-",
    "error: The recorded spans cannot be used as they are: -, line 2 is not JSON.",
  ],
  ["no file", "", "nowhere.jsonl", "error: The recorded spans cannot be read: nowhere.jsonl: "],
])("%s: exit code 1, and a sentence that says where and what to do", async (_, input, path, sentence) => {
  const { code, out, err } = await meshwise(["stitch", "--in", path], { input });

  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toStartWith(sentence);
});

test("links that cannot be written are a failure, a missing --in is a wrong use", async () => {
  const unwritable = await meshwise(["stitch", "--in", "-", "--out", "/nowhere/links"], { input: recorded() });
  const wrong = await meshwise(["stitch"]);

  expect(unwritable.code).toBe(1);
  expect(unwritable.err).toStartWith("error: The links cannot be written: /nowhere/links: ");
  expect(wrong.code).toBe(2);
});
