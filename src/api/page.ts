// The web page as it was built: hashed assets that never change, and one page for every path that is not the API's.
import { existsSync } from "node:fs";
import { join } from "node:path";

const CSP = [
  "default-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join("; ");

const IMMUTABLE = "public, max-age=31536000, immutable";
/** what is compressed already grows when it is compressed again */
const TEXT = /\.(html|js|css|svg|json|map|txt|webmanifest)$/;

export type Page = (request: Request) => Promise<Response | undefined>;

/** Undefined: there is no such file. @param directory the build's; may be missing */
export function page(directory: string): Page {
  return async (request) => {
    const { pathname } = new URL(request.url);
    const name = fileName(pathname);
    if (name === undefined) return undefined;
    if (name === "index.html" && !existsSync(join(directory, name))) return notBuilt();
    const path = join(directory, name);
    const file = Bun.file(path);
    if (!(await file.exists())) return undefined;
    const headers = new Headers({
      "content-type": file.type,
      "content-security-policy": CSP,
      "cache-control": name.startsWith("assets/") ? IMMUTABLE : "no-cache",
    });
    if (!TEXT.test(name)) return new Response(file, { headers });
    headers.set("vary", "accept-encoding");
    if (!acceptsGzip(request)) return new Response(file, { headers });
    headers.set("content-encoding", "gzip");
    const compressed = Bun.file(`${path}.gz`);
    if (await compressed.exists()) return new Response(compressed, { headers });
    return new Response(Bun.gzipSync(await file.bytes()), { headers });
  };
}

/** Below `/assets/` a file by that name; any other path is a place of the page. undefined: neither. */
function fileName(pathname: string): string | undefined {
  if (!pathname.startsWith("/assets/") && !/^\/[\w-]+\.(svg|ico|png|txt|webmanifest)$/.test(pathname))
    return "index.html";
  const parts = pathname.slice(1).split("/");
  // no way up, no hidden file, no encoded sign
  return parts.every((part) => /^[\w-][\w.-]*$/.test(part)) ? parts.join("/") : undefined;
}

function acceptsGzip(request: Request): boolean {
  const offers = request.headers.get("accept-encoding")?.toLowerCase().split(",") ?? [];
  return offers.some((offer) => /^\s*(gzip|\*)\s*(;|$)/.test(offer) && !/;\s*q=0(\.0*)?\s*$/.test(offer));
}

function notBuilt(): Response {
  const body = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Meshwise</title>
<body style="font: 16px/1.5 system-ui; max-width: 40rem; margin: 4rem auto; padding: 0 1rem; color-scheme: light dark">
<h1>The page has not been built</h1>
<p><code>npm run web</code> in Meshwise's folder builds it; then reload. Until then the same is on the command line:
<code>meshwise health</code>, <code>meshwise edges</code>, <code>meshwise stat</code>, <code>meshwise tap -f</code>.</p>`;
  return new Response(body, {
    status: 503,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": CSP,
      "cache-control": "no-store",
    },
  });
}
