// Who a credential belongs to: of a JSON Web Token its subject (RFC 7519 §4.1.2), which outlives the token; else itself.

import { remembered } from "./remembered.ts";

const MOST = 256;
const LONGEST_TOKEN = 8192;

const claimedIn = remembered(MOST, (token) => claimed(token.split(".")[1] ?? ""));

export function subjectOf(credential: string): string {
  const token = /^bearer +(ey[\w-]+\.ey[\w-]+\.[\w-]*)$/i.exec(credential)?.[1];
  if (token === undefined || credential.length > LONGEST_TOKEN) return credential;
  return claimedIn(token) || credential;
}

/** Issuer and subject: a subject is unique to its issuer only. "": it has none. */
function claimed(payload: string): string {
  try {
    const { iss, sub } = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Record<string, unknown>;
    return typeof sub === "string" && sub !== "" ? `${String(iss)} ${sub}` : "";
  } catch {
    return "";
  }
}
