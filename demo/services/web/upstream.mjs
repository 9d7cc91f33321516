// How the storefront calls the services behind it: JSON over keep-alive connections, each call with a time limit.
import { Agent, request } from "node:http";

const agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: 30_000 });

export class UpstreamError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Resolves to the parsed JSON; throws UpstreamError for a status of 400 and above, or 503 when nobody answered. */
export function call(method, url, { body, timeoutMs = 2_000 } = {}) {
  return new Promise((resolve, reject) => {
    const data = body === undefined ? undefined : JSON.stringify(body);
    const headers = data ? { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(data) } : {};
    const signal = AbortSignal.timeout(timeoutMs);
    const fail = (error) => {
      const why = signal.aborted ? `no answer within ${timeoutMs} ms` : error.message;
      reject(new UpstreamError(503, `${method} ${url}: ${why}`));
    };

    const outgoing = request(url, { method, agent, headers, signal }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", fail);
      response.on("end", () => {
        const answer = parse(Buffer.concat(chunks).toString());
        if (response.statusCode < 400) return resolve(answer);
        reject(new UpstreamError(response.statusCode, answer?.error ?? `${method} ${url}: ${response.statusCode}`));
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
