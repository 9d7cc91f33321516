// Who a credential belongs to: of a JSON Web Token its subject (RFC 7519 §4.1.2), which outlives the token; else itself.

const MOST = 256;
const LONGEST_TOKEN = 8192;
const subjects = new Map<string, string>();

export function subjectOf(credential: string): string {
  const token = /^bearer +(ey[\w-]+\.(ey[\w-]+)\.[\w-]*)$/i.exec(credential);
  if (!token || credential.length > LONGEST_TOKEN) return credential;
  const [, whole = "", payload = ""] = token;
  const known = subjects.get(whole);
  if (known !== undefined) return known;
  const subject = claimed(payload) ?? credential;
  if (subjects.size >= MOST) subjects.clear();
  subjects.set(Buffer.from(whole, "latin1").toString("latin1"), subject);
  return subject;
}

/** Issuer and subject: a subject is unique to its issuer only. */
function claimed(payload: string): string | undefined {
  try {
    const { iss, sub } = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Record<string, unknown>;
    return typeof sub === "string" && sub !== "" ? `${String(iss)} ${sub}` : undefined;
  } catch {
    return undefined;
  }
}
