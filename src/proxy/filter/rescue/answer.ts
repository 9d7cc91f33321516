// The answers that the mesh itself makes: the table of errors as HTTP, for a person and for a program.
import type { MeshError } from "../../../base/errors/index.ts";

const REASONS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  414: "URI Too Long",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
};

export type AnswerOptions = {
  readonly status: number;
  readonly wantsJson: boolean;
  /** answering HEAD: the head alone */
  readonly isHead: boolean;
  /** field lines of the connection and of the layers, each with its end */
  readonly lines: string;
};

/** A whole response. Latin-1. */
export function answerText(error: MeshError, { status, wantsJson, isHead, lines: more }: AnswerOptions): string {
  const { proxyStatus = "proxy_internal_error", means, fix } = error.row;
  const detail = plain(error.message);
  const body = wantsJson
    ? `${JSON.stringify({ error: error.code, status, message: means, detail, fix })}\n`
    : `${means}: ${detail}.\n${fix}\n(meshwise: ${error.code})\n`;
  const lines = [
    `HTTP/1.1 ${status} ${REASONS[status] ?? "Error"}`,
    `Content-Type: ${wantsJson ? "application/json" : "text/plain; charset=utf-8"}`,
    `Content-Length: ${body.length}`,
    // RFC 9209; its details are an sf-string: printable ASCII, with \ before " and \
    `Proxy-Status: meshwise; error=${proxyStatus}; details="${`${means}: ${detail}`.replace(/["\\]/g, "\\$&")}"`,
    "Cache-Control: no-store",
  ];
  // RFC 9110 §10.2.1: a 405 says what is allowed
  if (status === 405) lines.push("Allow: GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH");
  return `${lines.join("\r\n")}\r\n${more}\r\n${isHead ? "" : body}`;
}

/** Printable ASCII: what peers wrote must neither end a line nor change its length in bytes. */
function plain(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 300);
}
