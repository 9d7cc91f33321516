// Keeps web pages of strangers out. The API listens on loopback, but a browser on this machine runs foreign scripts, and a
// name of theirs may resolve to 127.0.0.1 (DNS rebinding): so Host must be loopback, and Origin, if any, our own.
import { problem } from "./problem.ts";

const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

export function withSecurityHeaders(response: Response): Response {
  for (const [name, value] of Object.entries(HEADERS)) {
    // the page has a policy of its own, and its assets may be kept
    if (!response.headers.has(name)) response.headers.set(name, value);
  }
  return response;
}

/** The refusal, or undefined: it may come in. */
export function guard(request: Request, port: number): Response | undefined {
  const hosts = ["127.0.0.1", "localhost", "[::1]"].map((host) => `${host}:${port}`);
  const host = request.headers.get("host")?.toLowerCase();
  if (host === undefined || !hosts.includes(host)) {
    return problem(421, "This is not the host you asked for", `Host must be one of ${hosts.join(", ")}`);
  }
  const origin = request.headers.get("origin");
  if (origin !== null && !hosts.some((own) => origin === `http://${own}`)) {
    return problem(403, "Pages of other origins may not ask", `Origin ${origin} is not one of ours`);
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    return problem(405, "This API only answers questions", `${request.method} is not GET or HEAD`, {
      allow: "GET, HEAD",
    });
  }
  return undefined;
}
