// Readers of message bodies: they find the end, give the content as views of the bytes received, and copy nothing.
import { chunkedBody } from "./chunked.ts";
import type { BodyReader, FieldLines, Framing, Limits, Violation } from "./types.ts";
import { violation } from "./violation.ts";

/** A reader for one message. */
export function bodyReader(framing: Framing, limits: Limits): BodyReader {
  switch (framing.kind) {
    case "none":
      return lengthBody(0);
    case "length":
      return lengthBody(framing.bytes);
    case "chunked":
      return chunkedBody(limits);
    case "close":
      return closeBody();
  }
}

const NO_TRAILERS = "" as FieldLines;

function lengthBody(bytes: number): BodyReader {
  let remaining = bytes;
  let broken: Violation | undefined;
  return {
    get state() {
      return broken ? "broken" : remaining === 0 ? "done" : "open";
    },
    get violation() {
      return broken;
    },
    trailers: NO_TRAILERS,
    read(_, offset, end, content) {
      const size = Math.min(remaining, end - offset);
      if (size <= 0) return offset;
      remaining -= size;
      content(offset, offset + size);
      return offset + size;
    },
    finish() {
      if (remaining > 0) broken ??= violation(400, "RFC 9112 §8", `the body ended ${remaining} bytes too early`);
    },
  };
}

function closeBody(): BodyReader {
  let isDone = false;
  return {
    get state() {
      return isDone ? "done" : "open";
    },
    violation: undefined,
    trailers: NO_TRAILERS,
    read(_, offset, end, content) {
      if (end > offset) content(offset, end);
      return end;
    },
    finish() {
      isDone = true;
    },
  };
}
