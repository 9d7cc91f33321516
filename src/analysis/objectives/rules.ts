// When an objective burns: the multiwindow, multi-burn-rate rules of the Site Reliability Workbook (Google, 2018, ch. 5).
// A burn rate of 1 spends the budget exactly by the end of the window. The long window says that it matters, the short one
// that it still goes on.
//
// Considered and not taken: one threshold on the failure rate (blind to slow burns, or loud at night); one burn rate over one
// window (an hour after the end it still alarms); detection of anomalies (what is unusual need not hurt anybody: `why` does
// that, once there is a reason to ask).

/** Burning: at least `burn` times the allowed rate, over both windows (seconds). */
export type Rule = { readonly burn: number; readonly longS: number; readonly shortS: number };

/** The workbook's for 30 days: 1 h, 6 h, 3 d, as shares of the window; no shorter than what says something. */
const WORKBOOK = [
  { burn: 14.4, part: 1 / 720, leastS: 60 },
  { burn: 6, part: 1 / 120, leastS: 300 },
  { burn: 1, part: 1 / 10, leastS: 1800 },
] as const;
/** short window / long window */
const SHORT = 1 / 12;
/** of rollups */
const GRAIN_S = 10;

/** Fastest first; those as long as the whole window or longer are left out. */
export function rulesOf(windowS: number): readonly Rule[] {
  return WORKBOOK.map(({ burn, part, leastS }) => {
    const longS = grain(Math.max(leastS, windowS * part));
    return { burn, longS, shortS: grain(longS * SHORT) };
  }).filter(({ longS }) => longS < windowS);
}

function grain(seconds: number): number {
  return Math.ceil(seconds / GRAIN_S) * GRAIN_S;
}

/** Seconds until the first rule tells of a share of bad requests that begins at once and stays. undefined: none ever does.
 *  @param allowed share of bad requests that the objective allows */
export function promisedS(windowS: number, allowed: number, badShare: number): number | undefined {
  const burn = badShare / allowed;
  const times = rulesOf(windowS)
    .filter((rule) => burn >= rule.burn)
    .map((rule) => (rule.burn / burn) * rule.longS);
  return times.length === 0 ? undefined : Math.min(...times);
}
