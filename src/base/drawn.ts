// What looks drawn at random and not written by anybody: ids, hashes, tokens.

/** Looks drawn, not written: hex with digits, or letters and digits that change too often for a word. */
export function looksDrawn(text: string): boolean {
  const digits = text.replace(/\D/g, "").length;
  if (/^[0-9a-f]+$/i.test(text)) {
    if (text.length >= 8 && digits > 0 && digits < text.length) return true;
    if (text.length >= 24 && digits > 0) return true;
  }
  if (!/^[A-Za-z0-9]+$/.test(text)) return false;
  if (text.length >= 32) return true;
  // a run is `Abc`, `abc`, `ABC` or `123`
  const runs = text.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g) ?? [];
  const mean = text.length / runs.length;
  const longest = Math.max(...runs.map((run) => (/\d/.test(run) ? 0 : run.length)));
  // as many capitals as small letters, or more: nobody writes so. What is left of base 64 is learned by its number
  const capitals = text.replace(/[^A-Z]/g, "").length / (text.length - digits);
  if (text.length >= 14 && capitals > 0.33 && capitals < 1) return true;
  if (text.length >= 18 && digits > 0 && mean < 3.6) return true;
  if (digits === 0) return text.length >= 16 && mean < 2.6;
  if (text.length >= 16 && digits >= 2 && runs.length >= 4) return true;
  return text.length >= 5 && runs.length >= 3 && mean < 3.2 && longest <= 4;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Drawn, and too long to be guessed: whoever knows it may be let in by it, as by the id of a session. */
export function looksSecret(text: string): boolean {
  if (text.length < 16) return false;
  if (UUID.test(text) || text.split(/[-_.~:]/).some((part) => part.length >= 16 && looksDrawn(part))) return true;
  // base 64 for URLs, which those characters do not divide into words
  return /^[\w-]{20,}$/.test(text) && /[A-Z].*[a-z]|[a-z].*[A-Z]/.test(text) && looksDrawn(text.replace(/[-_]/g, ""));
}
