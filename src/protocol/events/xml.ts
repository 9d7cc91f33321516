// As much of XML 1.0 as event logs use: elements and their attributes, in pieces, as they come. Text between elements is
// skipped. A document type is refused: entities of one's own are how a small file becomes a huge one.
import { Misread } from "./misread.ts";

export type OnXml = {
  open(name: string, attributes: ReadonlyMap<string, string>, line: number): void;
  close(name: string, line: number): void;
};

export type XmlReader = { push(text: string): void; end(): void };

/** UTF-16 units; DEPTH in elements */
const LONGEST = 1_000_000;
const DEPTH = 100;
const NAME = /^[\p{L}_:][\p{L}\p{N}_:.\-·]*$/u;
const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", apos: "'", quot: '"' };

export function xmlReader(on: OnXml): XmlReader {
  const path: string[] = [];
  let text = "";
  let line = 1;

  return {
    push(more) {
      text += more;
      let at = 0;
      for (let next = markup(at); next >= 0; next = markup(at)) {
        at = next;
      }
      text = text.slice(at);
      if (text.length > LONGEST) throw new Misread(line, "has a tag without end");
    },
    end() {
      if (text.trim() !== "") throw new Misread(line, "ends within a tag");
      if (path.length > 0) throw new Misread(line, `ends without </${path.at(-1)}>`);
    },
  };

  /** One tag, comment or instruction. @returns where it ends; -1 when it is not whole */
  function markup(from: number): number {
    const start = text.indexOf("<", from);
    if (start < 0) {
      // What is left is text, of which only its lines matter.
      pass(from, text.length);
      text = text.slice(0, from);
      return -1;
    }
    for (const [opening, closing] of [
      ["<!--", "-->"],
      ["<![CDATA[", "]]>"],
      ["<?", "?>"],
    ] as const) {
      if (!text.startsWith(opening, start)) continue;
      const end = text.indexOf(closing, start + opening.length);
      return end < 0 ? -1 : pass(from, end + closing.length);
    }
    const end = tagEnd(start + 1);
    if (end < 0) return -1;
    pass(from, start);
    const inside = text.slice(start + 1, end);
    if (inside.startsWith("!--") || inside.startsWith("![CDATA")) return -1;
    if (inside.startsWith("!")) throw new Misread(line, "has a document type, which is not read");
    tag(inside);
    return pass(start, end + 1);
  }

  function tag(inside: string): void {
    if (inside.startsWith("/")) {
      const name = inside.slice(1).trim();
      if (path.pop() !== name) throw new Misread(line, `has </${name}> where nothing of that name is open`);
      on.close(name, line);
      return;
    }
    const isEmpty = inside.endsWith("/");
    const body = isEmpty ? inside.slice(0, -1) : inside;
    const space = body.search(/\s/);
    const name = space < 0 ? body : body.slice(0, space);
    if (!NAME.test(name)) throw new Misread(line, `has "<${name.slice(0, 40)}", which is no tag`);
    on.open(name, space < 0 ? new Map() : attributes(body.slice(space)), line);
    if (isEmpty) on.close(name, line);
    else if (path.push(name) > DEPTH) throw new Misread(line, `is nested deeper than ${DEPTH} elements`);
  }

  function attributes(body: string): Map<string, string> {
    const found = new Map<string, string>();
    let rest = 0;
    for (const match of body.matchAll(/\s+([^\s=]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g)) {
      if (match.index !== rest) break;
      rest = match.index + match[0].length;
      found.set(match[1] as string, decoded(match[2] ?? match[3] ?? ""));
    }
    if (body.slice(rest).trim() !== "") throw new Misread(line, "has a tag with a malformed attribute");
    return found;
  }

  function decoded(value: string): string {
    if (!value.includes("&")) return value;
    return value.replaceAll(/&(#x[\da-f]{1,6}|#\d{1,7}|\w{1,10})?;?/gi, (whole, entity: string | undefined) => {
      const code = entity?.startsWith("#x") ? Number.parseInt(entity.slice(2), 16) : Number(entity?.slice(1));
      const sign = entity?.startsWith("#")
        ? code <= 0x10ffff
          ? String.fromCodePoint(code)
          : undefined
        : ENTITIES[entity ?? ""];
      if (sign === undefined || !whole.endsWith(";")) throw new Misread(line, `has ${whole}, which is no character`);
      return sign;
    });
  }

  /** A `>` within quotes ends no tag. */
  function tagEnd(from: number): number {
    let quote = "";
    for (let at = from; at < text.length; at++) {
      const sign = text[at] as string;
      if (quote !== "") {
        if (sign === quote) quote = "";
      } else if (sign === ">") return at;
      else if (sign === '"' || sign === "'") quote = sign;
    }
    return -1;
  }

  function pass(from: number, to: number): number {
    for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) line++;
    return to;
  }
}
