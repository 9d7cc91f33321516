// Splits a command written as one string into arguments, as a shell would without being one.

export type Words =
  | { readonly ok: true; readonly words: readonly string[] }
  | { readonly ok: false; readonly what: string; readonly fix: string };

const OPERATORS = new Set([";", "&", "|", "<", ">", "(", ")", "`"]);

/** Operators are refused, not cut off as in Compose: what stands behind them would silently not run. */
export function splitWords(text: string): Words {
  const words: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? "";
    if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === "'") {
      const end = text.indexOf("'", i + 1);
      if (end < 0) return unclosed("'");
      word = (word ?? "") + text.slice(i + 1, end);
      i = end;
    } else if (char === '"') {
      word ??= "";
      for (i++; text[i] !== '"'; i++) {
        if (i >= text.length) return unclosed('"');
        // POSIX 2.2.3: inside double quotes a backslash escapes only these
        if (text[i] === "\\" && /["\\$`]/.test(text[i + 1] ?? "")) i++;
        word += text[i];
      }
    } else if (char === "\\") {
      if (i + 1 >= text.length)
        return { ok: false, what: "ends with a lone backslash", fix: "Remove it or write \\\\." };
      word = (word ?? "") + text[++i];
    } else if (OPERATORS.has(char)) {
      const fix = `Quote it if it is text, else write the command as a list: ["/bin/sh", "-c", "…"].`;
      return { ok: false, what: `${char} needs a shell, and a command is not run by one`, fix };
    } else {
      word = (word ?? "") + char;
    }
  }
  if (word !== undefined) words.push(word);
  return { ok: true, words };
}

function unclosed(quote: string): Words {
  return { ok: false, what: `a ${quote} has no end`, fix: `Close it with ${quote}, or write the command as a list.` };
}
