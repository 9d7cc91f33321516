// The chunked coding (RFC 9112 §7.1), read in whatever pieces it arrives. Strict: only CRLF ends a line, only hexadecimal
// digits are a size. Extensions are checked, limited and dropped: nobody uses them but to confuse readers.
import { CR, HEX, hexValue, LF } from "./characters.ts";
import { areExtensions } from "./extensions.ts";
import { readLatin1 } from "./latin1.ts";
import { readTrailers } from "./trailers.ts";
import type { BodyReader, FieldLines, Limits, Violation } from "./types.ts";
import { nameOfCode, violation } from "./violation.ts";

/** 2^52 − 1 bytes in one chunk; leading zeros count, or they would be an endless line */
const MAX_SIZE_DIGITS = 13;
/** in one chunk's line */
const MAX_EXTENSION_BYTES = 256;
/** in all of a message: a flood of one-byte chunks with long extensions costs the sender little and us much */
const MAX_EXTENSIONS_BYTES = 16_384;

const TRAILERS_TOO_LONG = "a trailer section beyond the limit";
const SEMICOLON = 0x3b;
const SPACE = 0x20;
const TAB = 0x09;
const NO_TRAILERS = "" as FieldLines;

type Place = "size" | "extension" | "sizeEnd" | "data" | "dataEnd" | "dataEnd2" | "trailers" | "done" | "broken";

export function chunkedBody(limits: Limits): BodyReader {
  let place: Place = "size";
  let digits = 0;
  /** of the current chunk: its size while it is read, then what is left of it */
  let size = 0;
  let extension = "";
  let extensionBytes = 0;
  let trailerText = "";
  let trailers = NO_TRAILERS;
  let broken: Violation | undefined;

  function fail(rule: string, detail: string, status: Violation["status"] = 400): void {
    place = "broken";
    broken = violation(status, rule, detail);
  }

  function sizeByte(code: number): void {
    if (HEX[code] === 1) {
      size = size * 16 + hexValue(code);
      if (++digits > MAX_SIZE_DIGITS) fail("RFC 9112 §7.1", `a chunk size of more than ${MAX_SIZE_DIGITS} digits`);
    } else if (digits === 0) {
      fail("RFC 9112 §7.1", `${nameOfCode(code)} instead of a chunk size`);
    } else if (code === CR) {
      place = "sizeEnd";
    } else if (code === SEMICOLON || code === SPACE || code === TAB) {
      place = "extension";
      extensionByte(code);
    } else {
      fail("RFC 9112 §7.1", `${nameOfCode(code)} in a chunk size`);
    }
  }

  function extensionByte(code: number): void {
    if (code === LF) {
      fail("RFC 9112 §2.2", nameOfCode(LF));
    } else if (code !== CR) {
      extension += String.fromCharCode(code);
      if (extension.length > MAX_EXTENSION_BYTES || ++extensionBytes > MAX_EXTENSIONS_BYTES) {
        fail("RFC 9112 §7.1.1", "chunk extensions beyond the limit");
      }
    } else if (areExtensions(extension)) {
      extension = "";
      place = "sizeEnd";
    } else {
      fail("RFC 9112 §7.1.1", "a malformed chunk extension");
    }
  }

  function lineByte(code: number, expected: number, next: Place, where: string): void {
    if (code === expected) place = next;
    else fail("RFC 9112 §7.1", `${nameOfCode(code)} ${where}`);
  }

  /** Collects the trailer section up to its empty line; returns the offset behind what it took. */
  function takeTrailers(bytes: Buffer, offset: number, end: number): number {
    const before = trailerText.length;
    // One byte more than may be, so that too long is seen; the blank line's own bytes are free.
    const take = Math.min(end, offset + limits.trailerBytes + 5 - before);
    const text = trailerText + readLatin1(bytes, offset, take);
    const blank = text.startsWith("\r\n") ? 0 : text.indexOf("\r\n\r\n", Math.max(0, before - 3)) + 2;
    if (blank === 1) {
      trailerText = text;
      const lf = text.indexOf("\n", Math.max(0, before - 1));
      if (lf >= 0 && text[lf - 1] !== "\r") fail("RFC 9112 §2.2", nameOfCode(LF));
      if (text.length > limits.trailerBytes + 4) fail("RFC 6585 §5", TRAILERS_TOO_LONG, 431);
      return take;
    }
    if (blank > limits.trailerBytes) {
      fail("RFC 6585 §5", TRAILERS_TOO_LONG, 431);
      return take;
    }
    const read = readTrailers(text.slice(0, blank), limits);
    if (typeof read === "string") {
      trailers = read;
      place = "done";
    } else {
      broken = read;
      place = "broken";
    }
    return offset + blank + 2 - before;
  }

  return {
    get state() {
      return place === "done" || place === "broken" ? place : "open";
    },
    get violation() {
      return broken;
    },
    get trailers() {
      return trailers;
    },
    read(bytes, offset, end, content) {
      let at = offset;
      while (at < end) {
        switch (place) {
          case "data": {
            const to = Math.min(end, at + size);
            size -= to - at;
            if (size === 0) place = "dataEnd";
            content(at, to);
            at = to;
            break;
          }
          case "size":
            sizeByte(bytes[at++]!);
            break;
          case "extension":
            extensionByte(bytes[at++]!);
            break;
          case "sizeEnd":
            lineByte(bytes[at++]!, LF, size === 0 ? "trailers" : "data", "behind the line of a chunk size");
            digits = 0;
            break;
          case "dataEnd":
            lineByte(bytes[at++]!, CR, "dataEnd2", "behind the data of a chunk");
            break;
          case "dataEnd2":
            lineByte(bytes[at++]!, LF, "size", "behind the data of a chunk");
            break;
          case "trailers":
            at = takeTrailers(bytes, at, end);
            break;
          case "done":
          case "broken":
            return at;
        }
      }
      return at;
    },
    finish() {
      if (place !== "done" && place !== "broken") fail("RFC 9112 §8", "the body ended before its last chunk");
    },
  };
}
