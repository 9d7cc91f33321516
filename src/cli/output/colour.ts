// Colour stresses what the text already says; without it nothing is lost.

const CODES = { good: "32", warning: "33", bad: "31", quiet: "2", strong: "1" } as const;
export type Tone = keyof typeof CODES;

/** Distinct on dark and on light backgrounds; none of them means anything. */
const LABELS = ["36", "35", "34", "33", "32", "96", "95", "94", "93", "92"] as const;

export function tint(text: string, tone: Tone | undefined, colour: boolean): string {
  return colour && tone ? `\x1b[${CODES[tone]}m${text}\x1b[0m` : text;
}

/** Colours names in the order of their first appearance, so that neighbours differ. */
export function labelColours(colour: boolean): (name: string, text: string) => string {
  const seen = new Map<string, string>();
  return (name, text) => {
    if (!colour) return text;
    let code = seen.get(name);
    if (code === undefined) {
      code = LABELS[seen.size % LABELS.length] ?? "36";
      seen.set(name, code);
    }
    return `\x1b[${code}m${text}\x1b[0m`;
  };
}
