// The cookies of one browser at one shop (RFC 6265): name and value, and when they end.

export type Cookies = {
  take(setCookie: string): void;
  /** the Cookie header; undefined without any */
  header(): string | undefined;
};

export function cookies(): Cookies {
  const jar = new Map<string, { value: string; endsMs: number }>();
  return {
    take: (setCookie) => {
      const [pair = "", ...attributes] = setCookie.split(";");
      const equals = pair.indexOf("=");
      if (equals < 1) return;
      jar.set(pair.slice(0, equals).trim(), { value: pair.slice(equals + 1).trim(), endsMs: end(attributes) });
    },
    header: () => {
      const now = Date.now();
      const pairs: string[] = [];
      for (const [name, { value, endsMs }] of jar) {
        if (endsMs <= now) jar.delete(name);
        else pairs.push(`${name}=${value}`);
      }
      return pairs.length > 0 ? pairs.join("; ") : undefined;
    },
  };
}

/** RFC 6265 §5.3: Max-Age wins over Expires. */
function end(attributes: readonly string[]): number {
  let endsMs = Number.POSITIVE_INFINITY;
  for (const attribute of attributes) {
    const [name = "", value = ""] = attribute.trim().split("=", 2);
    if (/^max-age$/i.test(name)) return Number(value) > 0 ? Date.now() + Number(value) * 1000 : 0;
    if (/^expires$/i.test(name)) endsMs = Date.parse(value) || endsMs;
  }
  return endsMs;
}
