// What a User-Agent says: family, whether it is carried about, whether it is a program. Only that is kept.
import { BROWSERS, VISIT_FIELD, VISIT_FLAG } from "../../../../model/visit.ts";
import { remembered } from "./remembered.ts";

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

/** The bits of `visit` that tell of it. */
export const agentBits = remembered(MOST, bitsOf);

function bitsOf(text: string): number {
  const family = FAMILIES.find(([pattern]) => pattern.test(text))?.[1] ?? "program";
  return (
    (BROWSERS.indexOf(text === "" ? "unknown" : family) << VISIT_FIELD.browser[0]) |
    (/\bMobi|\bAndroid\b|\biP(?:hone|ad)\b/.test(text) ? VISIT_FLAG.mobile : 0) |
    (ROBOT.test(text) ? VISIT_FLAG.robot : 0)
  );
}
