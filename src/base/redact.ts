// Masks in a text what looks like a secret or names a person, before it is kept or passed on: values of telling names,
// tokens, keys, card numbers, e-mail addresses. Every pattern is bounded, because the text is a stranger's.

export const MASK = "***";

const NAMES =
  "pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|authorization|cookie|session[_.-]?id|j?sess(?:ion)?id|phpsessid|sid|csrf|otp|pin|cvv|cvc|card[_-]?number|iban|ssn";
const TELLING_NAME = new RegExp(`(?:^|[._-]|[a-z](?=[A-Z]))(?:${NAMES})s?$`, "i");

/** the value of a telling name: `password=…`, `"apiKey": "…"`, `Cookie: …` to the end of the line */
const NAMED_VALUE = new RegExp(
  `((?:^|[^a-z0-9]|_)(?:[a-z0-9]{1,32}[_-])?(?:${NAMES})["']?\\s{0,3}[=:]\\s{0,3})("(?:[^"\\\\]|\\\\.){1,4096}"|'[^']{1,4096}'|(?:bearer|basic|digest|token)\\s+[^\\s,;"'}]+|[^\\s,;&"'}\\])]+)`,
  "gi",
);
const COOKIES = /\b((?:set-)?cookie["']?\s{0,3}[=:]\s{0,3}["']?)[^\r\n"']{1,4096}/gi;
const SCHEMES = /\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}/gi;
const WEB_TOKEN = /\beyJ[\w-]{4,4096}\.[\w-]{2,4096}(?:\.[\w-]{0,4096})?/g;
const KNOWN_KEYS =
  /\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{20,255}|github_pat_\w{20,255}|xox[abprs]-[\w-]{10,255}|[sprw]k_(?:live|test)_\w{10,255}|AIza[\w-]{35}|glpat-[\w-]{20,255}|npm_\w{36})/g;
const KEY_BLOCK = /-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----[^-]{0,8192}(?:-----END [A-Z ]{0,32}PRIVATE KEY-----)?/g;
const USER_INFO = /(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@]{1,256}@/gi;
const E_MAIL = /[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}/gi;
/** begins as the networks' numbers do, so that a time since 1970 is none */
const CARD = /(?<![\w.])[2-6](?:[ -]?\d){12,18}(?![\w.]\d|\w)/g;

/** without one of these no name is telling, and no scheme: nearly every text is spared the expensive patterns by it */
const HINT =
  /pass|pwd|secret|token|key|credential|auth|cookie|sess|sid|csrf|otp|pin|cv[vc]|card|iban|ssn|bearer|basic/i;

export function redact(text: string): string {
  let left = text;
  if (left.includes("-----BEGIN")) left = left.replace(KEY_BLOCK, MASK);
  const hasAt = left.includes("@");
  if (hasAt) left = left.replace(USER_INFO, `$1${MASK}@`);
  if (HINT.test(left)) {
    left = left
      .replace(COOKIES, `$1${MASK}`)
      .replace(NAMED_VALUE, (_, name: string, value: string) => {
        const quote = /^["']/.exec(value)?.[0] ?? "";
        return `${name}${quote}${MASK}${quote}`;
      })
      .replace(SCHEMES, `$1 ${MASK}`);
  }
  if (left.includes("eyJ")) left = left.replace(WEB_TOKEN, MASK);
  left = left.replace(KNOWN_KEYS, MASK);
  if (hasAt) left = left.replace(E_MAIL, MASK);
  return left.replace(CARD, (digits) => (isCard(digits) ? MASK : digits));
}

/** Is the value of this name never to be kept, whatever it looks like? */
export function isTelling(name: string): boolean {
  return TELLING_NAME.test(name.slice(-80));
}

/** Luhn's check, which 9 of 10 numbers that are no cards fail. */
function isCard(text: string): boolean {
  const digits = text.replace(/\D/g, "");
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0);
  }
  return digits.length >= 13 && sum % 10 === 0;
}
