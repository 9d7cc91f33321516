// What a browser keeps: the stylesheet, the logo, the pictures. Each with an ETag, so that asking again costs no bytes.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { picture } from "./pictures/picture.mjs";

const MOST_PICTURES = 1_000;
const SVG = "image/svg+xml";

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" role="img" aria-label="Oak &amp; Linen">
<rect width="32" height="32" rx="8" fill="#2f4a3c"/>
<path fill="#f4efe4" d="M16 5c2 3 5 2 6 5s3 4 1 7 1 5-3 7l-3 1v4h-2v-4l-3-1c-4-2-1-4-3-7s0-4 1-7 4-2 6-5z"/>
<path stroke="#2f4a3c" stroke-width="1.4" fill="none" d="M16 9v16M16 15l4-3M16 15l-4-3M16 20l4-3M16 20l-4-3"/></svg>
`;

const fixed = new Map([
  ["/assets/shop.css", asset("text/css; charset=utf-8", readFileSync(new URL("shop.css", import.meta.url)), 600)],
  ["/assets/logo.svg", asset(SVG, LOGO, 86_400)],
  ["/favicon.svg", asset(SVG, LOGO, 86_400)],
  [
    "/robots.txt",
    asset(
      "text/plain; charset=utf-8",
      "User-agent: *\nDisallow: /cart\nDisallow: /checkout\nDisallow: /order\n",
      86_400,
    ),
  ],
]);

/** by product: only what the catalog knows comes in, so strangers cannot fill it */
const pictures = new Map();

function asset(type, body, maxAge) {
  const data = Buffer.from(body);
  const etag = `"${createHash("sha256").update(data).digest("base64url").slice(0, 16)}"`;
  return { type, data, etag, maxAge };
}

/**
 * Undefined when there is no such asset.
 * @param findProduct resolves to undefined when nobody sells it
 */
export async function findAsset(path, findProduct) {
  const id = /^\/assets\/product\/([a-z0-9-]{1,64})\.svg$/.exec(path)?.[1];
  if (id === undefined) return fixed.get(path);
  const known = pictures.get(id);
  if (known) return known;
  const product = await findProduct(id);
  if (!product) return undefined;
  if (pictures.size >= MOST_PICTURES) pictures.clear();
  const made = asset(SVG, picture(product), 3_600);
  pictures.set(id, made);
  return made;
}

/** RFC 9110 §13.1.2: a list, or * for whatever there is; compared weakly. */
export function isCurrent({ etag }, ifNoneMatch) {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === "*") return true;
  return ifNoneMatch.split(",").some((one) => one.trim().replace(/^W\//, "") === etag);
}
