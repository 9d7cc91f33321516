// robots.txt as a crawler reads it (RFC 9309).

export type Rules = { allows(path: string): boolean };

export const NO_RULES: Rules = { allows: () => true };

/** `product`: the crawler's name in the file, such as "Googlebot". */
export function rulesFor(text: string, product: string): Rules {
  type Rule = { readonly isAllowed: boolean; readonly pattern: RegExp; readonly length: number };
  const own: Rule[] = [];
  const everybody: Rule[] = [];
  let isOwn = false;
  let isEverybody = false;
  let isHeading = false;
  let hasOwn = false;
  for (const line of text.split(/\r?\n/)) {
    const [, name = "", value = ""] = /^\s*([a-z-]+)\s*:\s*([^#]*?)\s*(?:#.*)?$/i.exec(line) ?? [];
    switch (name.toLowerCase()) {
      case "user-agent":
        if (!isHeading) isOwn = isEverybody = false;
        isHeading = true;
        isEverybody ||= value === "*";
        isOwn ||= value.toLowerCase() === product.toLowerCase();
        hasOwn ||= isOwn;
        break;
      case "allow":
      case "disallow": {
        isHeading = false;
        if (value === "") break;
        const rule = { isAllowed: /^a/i.test(name), pattern: patternOf(value), length: value.length };
        if (isOwn) own.push(rule);
        if (isEverybody) everybody.push(rule);
      }
    }
  }
  const rules = hasOwn ? own : everybody;
  return {
    allows: (path) => {
      // §2.2.2: the longest match rules, and allow wins over disallow of the same length
      let best: Rule | undefined;
      for (const rule of rules) {
        if (!rule.pattern.test(path)) continue;
        if (!best || rule.length > best.length || (rule.length === best.length && rule.isAllowed)) best = rule;
      }
      return best?.isAllowed ?? true;
    },
  };
}

function patternOf(text: string): RegExp {
  const escaped = text.replace(/[.+?^{}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${escaped.replace(/\$(?!$)/g, "\\$")}`);
}
