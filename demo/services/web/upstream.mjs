// How the storefront calls the services behind it: JSON over keep-alive connections, each call with a time limit.
import { Agent, request } from "node:http";

const agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: 30_000 });

export class UpstreamError extends Error {
  /** @param body what the service said, when it said JSON */
  constructor(status, message, body = {}) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

/**
 * Resolves to the parsed JSON; throws UpstreamError for a status of 400 and above, 503 when nobody answered, 504 when not in
 * time. A GET that broke is tried once more.
 */
export async function call(method, url, { body, headers, timeoutMs = 5_000 } = {}) {
  try {
    return await callOnce(method, url, { body, headers, timeoutMs });
  } catch (error) {
    if (method !== "GET" || error.status !== 503) throw error;
    return await callOnce(method, url, { body, headers, timeoutMs });
  }
}

/** What a page can do without: undefined instead of a failure, and soon. */
export function callOptional(url) {
  return call("GET", url, { timeoutMs: 1_500 }).catch((error) => {
    if (error.status >= 500) console.error(`without ${url}: ${error.message}`);
    return undefined;
  });
}

function callOnce(method, url, { body, headers, timeoutMs }) {
  return new Promise((resolve, reject) => {
    const data = body === undefined ? undefined : JSON.stringify(body);
    const own = data ? { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(data) } : {};
    const signal = AbortSignal.timeout(timeoutMs);
    const fail = (error) => {
      if (signal.aborted) reject(new UpstreamError(504, `${method} ${url}: no answer within ${timeoutMs} ms`));
      else reject(new UpstreamError(503, `${method} ${url}: ${error.message}`));
    };

    const outgoing = request(url, { method, agent, headers: { ...own, ...headers }, signal }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", fail);
      response.on("end", () => {
        const answer = parse(Buffer.concat(chunks).toString());
        if (response.statusCode < 400) return resolve(answer);
        const message = answer?.error ?? `${method} ${url}: ${response.statusCode}`;
        reject(new UpstreamError(response.statusCode, message, answer));
      });
    });
    outgoing.on("error", fail);
    outgoing.end(data);
  });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
