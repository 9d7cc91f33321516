// The request headers of browsers: which, with what values, in what order, by engine and by what is asked for.
import type { Device, Engine } from "../plan/devices.ts";

/** From where a page is opened, as Sec-Fetch-Site tells it. */
export type Site = "none" | "same-origin" | "cross-site";

export type Navigation = {
  readonly site: Site;
  readonly referrer?: string | undefined;
  /** the shop's own origin, with a form that is posted */
  readonly origin?: string;
  readonly isReload?: boolean;
};

type Asset = "style" | "image";

const HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,";
const ACCEPT: Record<Engine, Record<"document" | Asset, string>> = {
  chromium: {
    document: `${HTML}image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7`,
    style: "text/css,*/*;q=0.1",
    image: "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
  },
  gecko: {
    document: `${HTML}*/*;q=0.8`,
    style: "text/css,*/*;q=0.1",
    image: "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
  },
  webkit: {
    document: `${HTML}*/*;q=0.8`,
    style: "text/css,*/*;q=0.1",
    image: "image/webp,image/avif,image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5",
  },
};

export type Headers = {
  page(navigation: Navigation, cookie: string | undefined): Record<string, string>;
  asset(kind: Asset, page: string, cookie: string | undefined): Record<string, string>;
};

export function headersOf(device: Device, authority: string): Headers {
  const accept = ACCEPT[device.engine];
  const start = { host: authority, connection: "keep-alive", ...device.hints, "user-agent": device.userAgent };
  const both = {
    "accept-encoding": device.engine === "webkit" ? "gzip, deflate, br" : "gzip, deflate, br, zstd",
    "accept-language": device.language,
  };
  return {
    page: ({ site, referrer, origin, isReload }, cookie) => ({
      ...start,
      ...(isReload ? { "cache-control": "max-age=0" } : {}),
      ...(origin ? { origin, "content-type": "application/x-www-form-urlencoded" } : {}),
      "upgrade-insecure-requests": "1",
      accept: accept.document,
      "sec-fetch-site": site,
      "sec-fetch-mode": "navigate",
      "sec-fetch-user": "?1",
      "sec-fetch-dest": "document",
      ...both,
      ...(referrer ? { referer: referrer } : {}),
      ...(cookie ? { cookie } : {}),
    }),
    asset: (kind, page, cookie) => ({
      ...start,
      accept: accept[kind],
      "sec-fetch-site": "same-origin",
      "sec-fetch-mode": "no-cors",
      "sec-fetch-dest": kind,
      ...both,
      referer: page,
      ...(cookie ? { cookie } : {}),
    }),
  };
}
