// Answers of the mesh that are no failures: a redirect, the permission to call from another origin.
import type { FieldLines } from "../../protocol/http1/types.ts";
import { LIMITS } from "../limits.ts";
import type { Core, Exchange, Link } from "../shapes.ts";
import { writeShared } from "../socket-writer.ts";

/** Answers without a body and goes back outwards. @param statusLine `302 Found` */
export function reply(core: Core, x: Exchange, outer: Link, statusLine: string, lines: FieldLines): void {
  keepAfterOwnAnswer(core, x);
  x.status = Number.parseInt(statusLine, 10);
  x.isAnswerBegun = true;
  const length = x.status === 204 ? "" : "Content-Length: 0\r\n";
  const text = `HTTP/1.1 ${statusLine}\r\n${lines}${x.answerAdded}${length}Proxy-Status: meshwise\r\n${ownConnectionLine(x)}\r\n`;
  const bytes = Buffer.from(text, "latin1");
  writeShared(x.downstream.writer, bytes, 0, bytes.length);
  outer.settle(x);
}

/** Decides whether the connection can go on after an answer that we made, for which the rest of the request is not read. */
export function keepAfterOwnAnswer(core: Core, x: Exchange): void {
  const { head, downstream: down } = x;
  const isBodyAwaited = !x.request.isDone && head?.expectContinue === true && !x.isContinued;
  const isTooLong = !x.request.isDone && x.request.left > LIMITS.discardBytes;
  x.isKept = head?.keepAlive === true && !isBodyAwaited && !isTooLong && !down.isLast && !core.isDraining;
}

export function ownConnectionLine({ isKept, head }: Exchange): string {
  if (!isKept) return "Connection: close\r\n";
  return head?.minor === 0 ? "Connection: keep-alive\r\n" : "";
}
