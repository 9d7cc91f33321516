// What a User-Agent says: family, whether it is carried about, whether it is a program. Only that is kept.
import { BROWSERS, VISIT_FIELD, VISIT_FLAG } from "../../../../model/visit.ts";

const ROBOT =
  /bot\b|bot[/;]|crawl|spider|slurp|monitor|uptime|probe|preview|fetcher|headless|lighthouse|scrap|archiver/i;
/** in this order: each also says the names of those after it */
const FAMILIES: readonly (readonly [RegExp, (typeof BROWSERS)[number]])[] = [
  [/\bEdg(?:e|A|iOS)?\//, "edge"],
  [/\bOPR\/|\bOpera/, "opera"],
  [/\bSamsungBrowser\//, "samsung"],
  [/\bFirefox\/|\bFxiOS\//, "firefox"],
  [/\bChrome\/|\bCriOS\/|\bChromium\//, "chrome"],
  [/\bSafari\//, "safari"],
  [/^Mozilla\//, "other browser"],
];
const MOST = 512;

const known = new Map<string, number>();

/** The bits of `visit` that tell of it. */
export function agentBits(userAgent: string): number {
  const bits = known.get(userAgent);
  if (bits !== undefined) return bits;
  const found = bitsOf(userAgent);
  if (known.size >= MOST) known.clear();
  // a slice would keep the whole head in memory
  known.set(Buffer.from(userAgent, "latin1").toString("latin1"), found);
  return found;
}

function bitsOf(text: string): number {
  const family = FAMILIES.find(([pattern]) => pattern.test(text))?.[1] ?? "program";
  return (
    (BROWSERS.indexOf(text === "" ? "unknown" : family) << VISIT_FIELD.browser[0]) |
    (/\bMobi|\bAndroid\b|\biP(?:hone|ad)\b/.test(text) ? VISIT_FLAG.mobile : 0) |
    (ROBOT.test(text) ? VISIT_FLAG.robot : 0)
  );
}
