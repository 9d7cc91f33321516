// The cookies of one browser at one shop (RFC 6265): name and value, when they end, and which a browser does not take.
import type { Engine } from "../plan/devices.ts";

export type Cookies = {
  take(setCookie: string): void;
  /** the Cookie header; undefined without any */
  header(): string | undefined;
};

export function cookies(engine: Engine): Cookies {
  const jar = new Map<string, { value: string; endsMs: number }>();
  return {
    take: (setCookie) => {
      const [pair = "", ...attributes] = setCookie.split(";");
      const equals = pair.indexOf("=");
      if (equals < 1 || (engine === "chromium" && isOpenToAll(attributes))) return;
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

/** For requests from other sites too, and in the clear: Chromium has refused that since version 80, others take it. */
function isOpenToAll(attributes: readonly string[]): boolean {
  const has = (pattern: RegExp) => attributes.some((attribute) => pattern.test(attribute.trim()));
  return has(/^samesite=none$/i) && !has(/^secure$/i);
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
