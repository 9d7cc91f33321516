// What holds for any message: where it is cut does not matter, what is written is read back, and no bytes make a reader
// throw or say something that their second reading would deny.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { knownFields } from "./known-fields.ts";
import { LIMITS, readRequest, readResponse } from "./messages.fixture.ts";
import { type ParsedRequest, parseRequestHead } from "./request.ts";
import { parseResponseHead } from "./response.ts";
import { endOf, startOf } from "./shared-values.ts";
import type { Fields, Framing, HeadResult, RequestHead, ResponseHead } from "./types.ts";
import {
  chunkHeader,
  lastChunk,
  requestHeadText,
  responseHeadText,
  writeRequestHead,
  writeResponseHead,
} from "./write.ts";

const TOKEN = [..."!#$%&'*+-.^_`|~09azAZ"];
const VALUE = [...' \t!"(),/:;=@[]\\{}~azAZ09\x80\xff'];
const RESERVED =
  /^(te|host|expect|upgrade|connection|tracestate|keep-alive|traceparent|content-length|proxy-connection|transfer-encoding)$/i;

const token = fc.string({ unit: fc.constantFrom(...TOKEN), minLength: 1, maxLength: 18 });
const value = fc
  .string({ unit: fc.constantFrom(...VALUE), maxLength: 20 })
  .map((text) => text.replace(/^[ \t]+|[ \t]+$/g, ""));
const name = token.filter((text) => !RESERVED.test(text));
const fields: fc.Arbitrary<Fields> = fc.array(fc.tuple(name, value), { maxLength: 12 }).map((pairs) => pairs.flat());
const length: fc.Arbitrary<Framing> = fc.nat(64).map((bytes) => ({ kind: "length", bytes }));
const path = fc
  .string({ unit: fc.constantFrom(..."/az09-._~!$&'()*+,;=:@[]|"), maxLength: 20 })
  .map((text) => `/${text}`);
const query = fc.option(fc.string({ unit: fc.constantFrom(..."/?az09-._~&=%".replace("%", "+")), maxLength: 20 }));
const none: Framing = { kind: "none" };

const request: fc.Arbitrary<RequestHead> = fc
  .record({
    method: token.filter((text) => text !== "CONNECT" && text !== "TRACE"),
    path,
    query,
    authority: fc.constantFrom("a", "shop.svc:8080", "[::1]:80", "10.0.0.1"),
    fields,
    framing: fc.oneof(fc.constant(none), fc.constant<Framing>({ kind: "chunked" }), length),
    keepAlive: fc.boolean(),
    acceptsTrailers: fc.boolean(),
  })
  .map(({ query, ...head }) => ({
    ...head,
    target: query === null ? head.path : `${head.path}?${query}`,
    minor: 1,
    expectContinue: false,
  }));

const response: fc.Arbitrary<ResponseHead> = fc
  .record({
    status: fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204 && status !== 304),
    reason: value,
    fields,
    framing: fc.oneof(fc.constant<Framing>({ kind: "close" }), fc.constant<Framing>({ kind: "chunked" }), length),
    wantsKept: fc.boolean(),
  })
  .map(({ wantsKept, ...head }) => ({ ...head, minor: 1, keepAlive: wantsKept && head.framing.kind !== "close" }));

const says = (head: { keepAlive: boolean }) => (head.keepAlive ? "nothing" : "close");
const requestText = (head: RequestHead) => requestHeadText(head, { connection: says(head) });
const responseText = (head: ResponseHead) => responseHeadText(head, { connection: says(head) });

function parsedRequest(text: string) {
  const bytes = Buffer.from(text, "latin1");
  return parseRequestHead(bytes, 0, bytes.length, LIMITS);
}

function parsedResponse(text: string) {
  const bytes = Buffer.from(text, "latin1");
  return parseResponseHead(bytes, 0, bytes.length, LIMITS, { method: "GET" });
}

/** what a writer put into a buffer from 3 on */
function written(write: (into: Buffer) => number): string {
  const into = Buffer.alloc(4096);
  return into.toString("latin1", 3, write(into));
}

/** the properties of `like` that the model has, from a head that was read */
function seen(head: RequestHead | ResponseHead, like: object) {
  return Object.fromEntries(Object.keys(like).map((key) => [key, Reflect.get(head, key)]));
}

test("a request that is written is read back as the same", () => {
  fc.assert(
    fc.property(request, (head) => {
      const text = requestText(head);
      const result = parsedRequest(text);
      expect(result).toMatchObject({ kind: "head", length: text.length });
      if (result.kind === "head") expect(seen(result.head, head)).toEqual({ ...head });
    }),
  );
});

test("an answer that is written is read back as the same", () => {
  fc.assert(
    fc.property(response, (head) => {
      const text = responseText(head);
      const result = parsedResponse(text);
      expect(result).toMatchObject({ kind: "head", length: text.length });
      if (result.kind === "head") expect(seen(result.head, head)).toEqual({ ...head });
    }),
  );
});

const chunks = fc.array(fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 40 }), { maxLength: 6 });

test("a message means the same wherever it is cut", () => {
  fc.assert(
    fc.property(request, chunks, fc.infiniteStream(fc.nat()), (head, pieces, random) => {
      const body =
        head.framing.kind === "length"
          ? "x".repeat(head.framing.bytes)
          : head.framing.kind === "chunked"
            ? `${pieces.map((piece) => `${chunkHeader(piece.length)}${piece}\r\n`).join("")}${lastChunk()}`
            : "";
      const bytes = Buffer.from(`${requestText(head)}${body}GET / next`, "latin1");
      const cuts = [...new Set(Array.from({ length: 5 }, () => (random.next().value as number) % bytes.length))];
      cuts.sort((a, b) => a - b);

      const whole = readRequest(bytes);

      expect(whole).toMatchObject({ kind: "read", rest: "GET / next" });
      expect(readRequest(bytes, cuts)).toEqual(whole);
    }),
  );
});

/** Nearly messages: legal ones with a few bytes replaced, doubled or taken out. */
function damaged(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const poison = fc.constantFrom("\r", "\n", "\r\n", "\0", " ", "\t", ":", ",", ";", "\x80", "Host: b\r\n", "0", "");
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(2), poison), { minLength: 1, maxLength: 3 });
  return fc.tuple(text, damage).map(([whole, places]) =>
    places.reduce((now, [place, cut, put]) => {
      const at = place % (now.length + 1);
      return now.slice(0, at) + put + now.slice(at + cut);
    }, whole),
  );
}

const anything = fc.string({ unit: "binary-ascii", maxLength: 200 });
const nearlyRequest = damaged(request.map(requestText));
const nearlyResponse = damaged(response.map(responseText));

test("whatever is read as a request is, written anew, read as the same", () => {
  fc.assert(
    fc.property(fc.oneof({ weight: 9, arbitrary: nearlyRequest }, anything), (text) => {
      const first = parsedRequest(text);
      if (first.kind !== "head") return;
      const connection = first.head.upgrade !== undefined ? "upgrade" : says(first.head);
      const again = requestHeadText(first.head, { connection });
      expect(written((into) => writeRequestHead(into, 3, first.head, { connection }))).toBe(again);
      const second = parsedRequest(again);
      expect(second.kind).toBe("head");
      if (second.kind !== "head") return;
      const { path, authority, fields, framing, method } = first.head;
      expect(second.head).toMatchObject({ path, method, framing });
      expect(second.head.fields).toEqual(fields);
      if (first.head.minor === 1) expect(second.head.authority).toBe(authority);
    }),
    { numRuns: 2000 },
  );
});

test("whatever is read as an answer is, written anew, read as the same", () => {
  fc.assert(
    fc.property(fc.oneof({ weight: 9, arbitrary: nearlyResponse }, anything), (text) => {
      const first = parsedResponse(text);
      if (first.kind !== "head") return;
      const connection = first.head.upgrade !== undefined ? "upgrade" : says(first.head);
      const again = responseHeadText(first.head, { connection });
      expect(written((into) => writeResponseHead(into, 3, first.head, { connection }))).toBe(again);
      const second = parsedResponse(again);
      expect(second.kind).toBe("head");
      if (second.kind !== "head") return;
      const { status, reason, fields, framing } = first.head;
      expect(second.head).toMatchObject({ status, reason, framing });
      expect(second.head.fields).toEqual(fields);
    }),
    { numRuns: 2000 },
  );
});

/** all that a head says, and what is written for it */
function saidBy(result: HeadResult<RequestHead>): unknown {
  if (result.kind !== "head") return result;
  const { first, second, shared, ...rest } = result.head as ParsedRequest;
  const connection = result.head.upgrade === undefined ? "close" : "upgrade";
  const wire = written((into) => writeRequestHead(into, 3, result.head, { connection }));
  const { text = "", made, ...places } = shared ?? {};
  const values = Object.values(places).map((place) => text.slice(startOf(place), endOf(place)));
  return { length: result.length, ...rest, fields: result.head.fields, values, wire };
}

test("a head that repeats the fields of the one before says what it says alone", () => {
  const shared = fc.constantFrom("", "b3: 80f1-e4\r\n", "X-Request-Id: 7f3c\r\nConnection: close, x-id\r\nX-Id: 1\r\n");
  const [start, end] = [/^[\s\S]*?\r\n/, /\r\n[\s\S]*$/];
  let repeated = 0;
  fc.assert(
    fc.property(fc.array(nearlyRequest, { minLength: 2, maxLength: 4 }), request, shared, (lines, head, more) => {
      const known = knownFields();
      const fields = requestText(head)
        .replace(start, "")
        .replace(end, (rest) => `\r\n${more}${rest.slice(2)}`);
      for (const line of [...lines, requestText(head)]) {
        const bytes = Buffer.from(`${start.exec(line)?.[0] ?? ""}${fields}`, "latin1");
        const before = known.text;
        const behind = saidBy(parseRequestHead(bytes, 0, bytes.length, LIMITS, known));
        expect(behind).toEqual(saidBy(parseRequestHead(bytes, 0, bytes.length, LIMITS)));
        if (before !== "" && known.text === before) repeated++;
      }
    }),
    { numRuns: 1000 },
  );
  expect(repeated).toBeGreaterThan(100);
});

test("damaged messages get the same verdict whole and byte by byte", () => {
  const each = (text: string) => Array.from({ length: Math.max(0, text.length - 1) }, (_, index) => index + 1);
  fc.assert(
    fc.property(nearlyRequest, nearlyResponse, (asked, answered) => {
      const verdicts = [
        [readRequest(Buffer.from(asked, "latin1")), readRequest(Buffer.from(asked, "latin1"), each(asked))],
        [readResponse(Buffer.from(answered, "latin1")), readResponse(Buffer.from(answered, "latin1"), each(answered))],
      ] as const;
      for (const [whole, cut] of verdicts) {
        // Cut, a broken head may be refused earlier and for another reason; what is read must be the same.
        if (whole.kind === "refused") expect(cut.kind).toBe("refused");
        else expect(cut).toEqual(whole);
      }
    }),
    { numRuns: 500 },
  );
});
