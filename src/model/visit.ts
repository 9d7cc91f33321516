// What a span says of the visitor behind it, when it came in through a published port: a keyed hash and a few bits. No value
// of a header or cookie, no address and no query is among it.

/** How sure it is that all with one key are one visitor. `weak`: address and program, which many may share. */
export const STRENGTHS = ["none", "weak", "cookie", "credential"] as const;

export const BROWSERS = [
  "unknown",
  "chrome",
  "safari",
  "firefox",
  "edge",
  "opera",
  "samsung",
  "other browser",
  "program",
] as const;

/** Sec-Fetch-Mode (`fetch`: cors and same-origin), Sec-Fetch-Dest, Sec-Fetch-Site, and the answer's Content-Type. */
export const MODES = ["unknown", "navigate", "fetch", "no-cors"] as const;
export const DESTINATIONS = ["unknown", "document", "asset", "data"] as const;
export const SITES = ["unknown", "none", "same", "cross"] as const;
export const CONTENTS = ["unknown", "page", "asset", "api"] as const;

/** The column `visit`: where each of the lists above stands in it, as [bits to shift, mask]. 0: nothing is known. */
export const VISIT_FIELD = {
  strength: [0, 3],
  mode: [2, 3],
  destination: [4, 3],
  site: [6, 3],
  content: [8, 3],
  browser: [10, 15],
} as const;

export const VISIT_FLAG = {
  /** Sec-Fetch-User: a person set it off */
  user: 1 << 14,
  /** Sec-Purpose: nobody has seen it yet */
  prefetch: 1 << 15,
  /** a cookie was sent, whichever */
  cookies: 1 << 16,
  /** the query names a campaign, as links of advertisements do */
  campaign: 1 << 17,
  /** the answer may be kept by a cache, so that the next look at it is not seen */
  cacheable: 1 << 18,
  mobile: 1 << 19,
  /** it says itself that it is a robot */
  robot: 1 << 20,
  /** Sec-GPC: the visitor does not want to be followed; nothing else is told then */
  optedOut: 1 << 21,
  /** the answer gave the visitor this key */
  isNew: 1 << 22,
  /** the column `joins` has another key of the same visitor */
  joins: 1 << 23,
} as const;

export function visitField(visit: number, name: keyof typeof VISIT_FIELD): number {
  const [shift, mask] = VISIT_FIELD[name];
  return (visit >>> shift) & mask;
}

/** Are visitors to be told apart at all? */
export function isFollowing(environment: Readonly<Record<string, string | undefined>>): boolean {
  return environment.MESHWISE_JOURNEYS !== "off";
}

/** Secrets of the hashes, 32 hexadecimal digits each. They are never written to a disk. */
export type VisitorKeys = {
  readonly current: string;
  /** of before, for as long as visitors are under way whose keys are to be joined */
  readonly previous?: string;
};

/** Pages that an exchange names, as paths without query on the same host; "" where there is none. They follow the path in a
 *  span's text, each after a tab, which no path can have. */
export type Pages = {
  /** Referer: the page from which it was asked for */
  readonly from: string;
  /** Location of a redirect */
  readonly to: string;
};

export const NO_PAGES: Pages = { from: "", to: "" };

/** @param most characters that the text may have: pages that do not fit are left out */
export function withPages(path: string, { from, to }: Pages, most: number): string {
  if (from === "" && to === "") return path;
  const both = `${path}\t${from}\t${to}`;
  if (both.length <= most) return both;
  const one = `${path}\t${from}\t`;
  return one.length <= most ? one : path;
}

/** @returns path and pages */
export function splitPages(text: string): readonly [path: string, pages: Pages] {
  const [path = "", from = "", to = ""] = text.split("\t");
  return [path, from === "" && to === "" ? NO_PAGES : { from, to }];
}
