// What a browser has stored of a shop's images and stylesheets (RFC 9111): how long it is fresh, and how to ask anew.
import type { Response } from "../net/response.ts";

export type Cache = {
  isFresh(path: string): boolean;
  /** the headers that ask whether the stored copy is still good */
  conditions(path: string): Record<string, string>;
  take(path: string, response: Response): void;
};

export function cache(): Cache {
  const stored = new Map<
    string,
    { freshUntilMs: number; etag: string | undefined; lastModified: string | undefined }
  >();
  return {
    isFresh: (path) => (stored.get(path)?.freshUntilMs ?? 0) > performance.now(),
    conditions: (path) => {
      const { etag, lastModified } = stored.get(path) ?? {};
      return {
        ...(etag ? { "if-none-match": etag } : {}),
        ...(lastModified ? { "if-modified-since": lastModified } : {}),
      };
    },
    take: (path, { status, headers }) => {
      const control = headers["cache-control"] ?? "";
      if ((status !== 200 && status !== 304) || /\bno-store\b/i.test(control)) return;
      const maxAge = /\bno-cache\b/i.test(control) ? 0 : Number(/\bmax-age=(\d+)/i.exec(control)?.[1] ?? 0);
      const before = stored.get(path);
      stored.set(path, {
        freshUntilMs: performance.now() + maxAge * 1000,
        etag: headers.etag ?? before?.etag,
        lastModified: headers["last-modified"] ?? before?.lastModified,
      });
    },
  };
}
