// Strings as small numbers, bounded: whoever writes the events decides how many different ones there are.

export const OTHER = "{other}";
const LIMIT = 65_535;
/** From here on numbers keep three digits: a latency says as much, and there are at most some thousand of them. */
const MANY = 4096;

export type Dictionary = { readonly values: string[]; code(text: string): number };

/** @param values that have the first codes */
export function dictionary(values: string[] = []): Dictionary {
  const codes = new Map(values.map((value, code) => [value, code]));
  return {
    values,
    code(text) {
      const known = codes.get(text);
      if (known !== undefined) return known;
      if (values.length < MANY) return add(text);
      const short = shortened(text);
      return codes.get(short) ?? (values.length < LIMIT ? add(short) : (codes.get(OTHER) ?? add(OTHER)));
    },
  };

  function add(text: string): number {
    // A slice of a large chunk of input would keep the whole of it in memory.
    const own = Buffer.from(text, "utf8").toString("utf8");
    codes.set(own, values.length);
    return values.push(own) - 1;
  }
}

function shortened(text: string): string {
  const value = Number(text);
  return text.trim() !== "" && Number.isFinite(value) ? String(Number(value.toPrecision(3))) : text;
}
