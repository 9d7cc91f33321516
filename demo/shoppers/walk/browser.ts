// A person's browser: opens pages, follows redirects, keeps the cookie, loads stylesheets and images once, several at once.
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib";
import { client, type Origin } from "../net/client.ts";
import { Broken } from "../net/connection.ts";
import { link } from "../net/link.ts";
import type { Response } from "../net/response.ts";
import type { Device } from "../plan/devices.ts";
import { cache } from "./cache.ts";
import { cookies } from "./cookies.ts";
import { headersOf, type Navigation } from "./headers.ts";
import { type Contents, read } from "./page.ts";

export type Page = Contents & { readonly status: number /** with its query */; readonly path: string };
export type Trouble = { readonly trouble: "impatient" | "broken"; readonly reason: string };

export type Visit = Navigation & {
  readonly path: string;
  readonly form?: URLSearchParams /** gives up then */;
  readonly signal: AbortSignal;
};

/** What is seen on the way; a tally keeps it. */
export type Watcher = {
  page(ms: number): void;
  request(bytes: number): void;
  /** something that a page needs did not come */
  assetFailed(path: string, reason: string): void;
};

export type Browser = {
  open(visit: Visit): Promise<Page | Trouble>;
  /** Closes its connections; cookie and cache stay. */
  close(): void;
};

/** RFC 9112 leaves it to browsers; all of them open six. */
const CONNECTIONS = 6;
const REDIRECTS = 5;

export function browser(origin: Origin, address: string, device: Device, watch: Watcher): Browser {
  const shop = client({ origin, address, link: link(device.pace), limit: CONNECTIONS });
  const jar = cookies(device.engine);
  const stored = cache();
  const headers = headersOf(device, origin.authority);
  const url = `http://${origin.authority}`;
  let loading = new AbortController();

  async function open({ path, form, signal, ...navigation }: Visit): Promise<Page | Trouble> {
    loading.abort(); // what the page before still wanted
    loading = new AbortController();
    const started = performance.now();
    try {
      const page = await orAbort(load(path, form, navigation, signal), signal);
      watch.page(performance.now() - started);
      void loadAssets(page, loading.signal);
      return page;
    } catch (error) {
      if (signal.aborted) return { trouble: "impatient", reason: "took too long" };
      return { trouble: "broken", reason: error instanceof Error ? error.message : String(error) };
    }
  }

  async function load(
    path: string,
    form: URLSearchParams | undefined,
    navigation: Navigation,
    signal: AbortSignal,
  ): Promise<Page> {
    let posted = form;
    for (let at = path, redirects = 0; ; redirects++) {
      const from = posted ? { ...navigation, origin: url } : navigation;
      const response = await shop.exchange(
        {
          method: posted ? "POST" : "GET",
          path: at,
          headers: headers.page(from, jar.header()),
          ...(posted ? { body: posted.toString() } : {}),
        },
        signal,
      );
      watch.request(response.body.length);
      for (const cookie of response.cookies) jar.take(cookie);
      const location = response.headers.location;
      if (response.status < 300 || response.status > 399 || location === undefined) {
        return { status: response.status, path: at, ...read(text(response), at) };
      }
      if (redirects === REDIRECTS) throw new Broken("too many redirects");
      const next = new URL(location, url + at);
      if (next.origin !== new URL(url).origin) throw new Broken("was sent elsewhere");
      at = next.pathname + next.search;
      if (response.status < 307) posted = undefined;
    }
  }

  /** Images of a page that has been left are not asked for; those under way arrive, as they are small. */
  async function loadAssets(page: Page, left: AbortSignal): Promise<void> {
    const wanted = new Map<string, "style" | "image">();
    for (const path of page.stylesheets) wanted.set(path, "style");
    for (const path of page.icons) wanted.set(path, "image");
    page.images.forEach(({ path, isLazy }, i) => {
      if (!isLazy || i < device.imagesInView) wanted.set(path, "image");
    });
    const list = [...wanted].filter(([path]) => !stored.isFresh(path)).values();
    const loadNext = async () => {
      for (const [path, kind] of list) {
        if (left.aborted) return;
        await loadAsset(path, kind, url + page.path);
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, loadNext));
  }

  async function loadAsset(path: string, kind: "style" | "image", from: string): Promise<void> {
    const { signal } = closing;
    const asked = { ...headers.asset(kind, from, jar.header()), ...stored.conditions(path) };
    try {
      const response = await shop.exchange({ method: "GET", path, headers: asked }, signal);
      watch.request(response.body.length);
      if (response.status >= 400) watch.assetFailed(path, `answered ${response.status}`);
      stored.take(path, response);
    } catch (error) {
      if (!signal.aborted) watch.assetFailed(path, error instanceof Error ? error.message : String(error));
    }
  }

  let closing = new AbortController();
  function close(): void {
    loading.abort();
    closing.abort();
    closing = new AbortController();
    shop.close();
  }

  return { open, close };
}

function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason);
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener("abort", abort));
}

function text({ headers, body }: Response): string {
  switch (headers["content-encoding"]) {
    case "gzip":
      return gunzipSync(body).toString();
    case "deflate":
      return inflateSync(body).toString();
    case "br":
      return brotliDecompressSync(body).toString();
    case "zstd":
      return zstdDecompressSync(body).toString();
    default:
      return Buffer.from(body.buffer, body.byteOffset, body.length).toString();
  }
}
