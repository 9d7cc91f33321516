// What one segment of a path is by its looks alone: a word of the API, or a value that somebody put there.
import { looksDrawn } from "../../base/drawn.ts";
import { isCommon, RESERVED } from "./words.ts";

/**
 * `label` is what stands for it in a route: itself for a word, `{id}`, `{date}`, or `{id}.png`. A word has a `weight`: how
 * much one more such word in the same place speaks for that place being a variable, and `variable`, what it is called if so.
 */
export type Segment =
  | { readonly isWord: false; readonly label: string }
  | { readonly isWord: true; readonly label: string; readonly weight: number; readonly variable: string };

export const ID = "{id}";
const ID_SEGMENT: Segment = { isWord: false, label: ID };
const DATE: Segment = { isWord: false, label: "{date}" };

/** longer than any word; a template holds what it is made of for ever */
const LONGEST_WORD = 48;
const EXTENSION =
  /^(.+?)((?:\.min|\.tar)?\.(?:js|mjs|css|map|html?|json|xml|txt|csv|pdf|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|mp[34]|webm|zip|gz|tgz|bz2|xz|tar|jar|war|whl|gem|deb|rpm|apk|git|sig|asc|wasm|php|aspx?|jsp|do|md|ya?ml|rss|atom))$/i;

export function segmentOf(text: string): Segment {
  const method = /^(.+):([a-z][A-Za-z]{1,23})$/.exec(text); // AIP-136: /v1/users/42:cancel
  if (method) {
    const [stem, verb] = [segmentOf(method[1] as string), method[2]];
    return stem.isWord ? word(text, "") : { isWord: false, label: `${stem.label}:${verb}` };
  }
  const call = /^([A-Za-z]\w{0,31})\(.*\)$/.exec(text); // OData: /Products(42)
  if (call) return word(`${call[1]}(${ID})`, "");
  if (/^(?:19|20)\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])(?:[T ].*)?$/.test(text)) return DATE;
  if (!/^@?[A-Za-z0-9._~$+-]+$/.test(text) || text.length > LONGEST_WORD || /^\.*$/.test(text)) return ID_SEGMENT;
  const file = EXTENSION.exec(text);
  if (file) {
    const [, stem = "", extension = ""] = file;
    return isValue(stem) || isHashed(stem) ? { isWord: false, label: `${ID}${extension}` } : word(text, extension);
  }
  return isValue(text) ? ID_SEGMENT : word(text, "");
}

function word(label: string, extension: string): Segment {
  const stem = extension === "" ? label : label.slice(0, -extension.length);
  return { isWord: true, label, weight: weightOf(stem), variable: `${ID}${extension}` };
}

/** Numbers, UUIDs, hashes, tokens, and words with one of them as a part. */
function isValue(text: string): boolean {
  if (/^[vV]\d{1,3}(?:(?:alpha|beta|rc)\d*)?$/.test(text)) return false;
  if (/^\d+(?:\.\d+)+$/.test(text)) return text.split(".").some((part) => part.length > 3);
  if (/^[+-]?\d+$/.test(text)) return true;
  if (looksDrawn(text)) return true;
  const parts = text.split(/[-_.~$+]/);
  if (parts.length === 1) return false;
  if (parts.length === 2 && /^[A-Za-z]{1,8}$/.test(parts[0] as string) && /^\d{3,}$/.test(parts[1] as string)) {
    return !/^(?:error|http|rfc|iso)$/i.test(parts[0] as string);
  }
  return parts.some((part) => /^\d{5,}$/.test(part) || looksDrawn(part));
}

/** Built assets have a hash between name and extension, be it without a digit: `app.abedfefd.css`. */
function isHashed(stem: string): boolean {
  return /^.+[.-][0-9a-f]{8,}$/.test(stem);
}

const LOCALE = /^[a-z]{2}(?:[-_][A-Za-z]{2})?$/;
/** `getUser`, `ListOrders`: what RPC over HTTP calls its methods; `shop.v1.Cart`: gRPC's services */
const PROCEDURE = /^[A-Za-z]?[a-z]+(?:[A-Z][a-z]+)+$|^(?:[a-z]\w*\.)+[A-Z]\w*$/;

function weightOf(text: string): number {
  // `/-/ping`, `/_catalog`: a mark between what somebody named and what the API offers
  if (RESERVED.has(text) || !/[A-Za-z0-9]/.test(text) || /^_[a-z]/.test(text)) return 0;
  // `/users/@me`, `/@jane`: what an API offers has a mark too, but a mark is for names most of the time
  if (text.startsWith("@")) return isCommon(text.slice(1)) ? 0 : 0.6;
  // of an API; a release such as v1.2.3 is a thing that somebody made
  if (/^[vV]\d+(?:\.\d+)?(?:[a-z]+\d*)?$/.test(text)) return 0.1;
  // DEPLOY_TOKEN: a key that somebody chose
  if (/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(text)) return 1;
  if (isCommon(text) || LOCALE.test(text)) return 0.05;
  if (PROCEDURE.test(text)) return 0.05;
  const parts = text.split(/[-_.~$+]/);
  if (parts.some((part) => part.length > 12 && /[a-z][A-Z]/.test(part))) return 2;
  if (parts.length >= 2 && parts.length <= 3 && isCommon(parts.at(-1) as string)) return 0.15;
  if (parts.length > 2) return 1;
  if (/\d/.test(text)) return 0.7;
  if (parts.length === 2) return 0.4;
  if (/[A-Z]/.test(text)) return 0.3;
  return text.endsWith("s") ? 0.15 : 0.25;
}
