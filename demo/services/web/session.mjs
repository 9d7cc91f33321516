// Who comes: a random session in a cookie, and the name by which the services behind know the visitor.
import { createHash, randomBytes } from "node:crypto";

/** @returns sid, isNew, visitor: derived from the sid, so that nobody behind us learns what would open the session */
export function sessionOf(request) {
  const known = cookie(request, "sid", /^[A-Za-z0-9_-]{22}$/);
  const sid = known ?? randomBytes(16).toString("base64url");
  const visitor = createHash("sha256").update(sid).digest("hex").slice(0, 32);
  const count = Number(cookie(request, "items", /^\d{1,4}$/) ?? 0);
  return { sid, isNew: known === undefined, visitor, count };
}

function cookie(request, name, form) {
  for (const part of (request.headers.cookie ?? "").split(";")) {
    const [key, value] = part.trim().split("=", 2);
    if (key === name && value !== undefined && form.test(value)) return value;
  }
  return undefined;
}

/** @param count things in the cart, when it has changed: shown on every page, so it must cost no call */
export function cookiesFor({ sid, isNew }, count) {
  const cookies = [];
  if (isNew) cookies.push(`sid=${sid}; HttpOnly; SameSite=Lax; Path=/`);
  if (count !== undefined) cookies.push(`items=${count}; HttpOnly; SameSite=Lax; Path=/`);
  return cookies;
}
